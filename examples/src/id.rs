//! Names for things: a prefix that says what it is, and enough randomness never to meet another.

/// An id: `shp_` and 16 characters, 80 bits of randomness.
pub fn new(prefix: &str) -> String {
    format!("{prefix}_{}", random::<16>())
}

/// A secret, like an API key: 32 characters, 160 bits of randomness.
pub fn secret(prefix: &str) -> String {
    format!("{prefix}_{}", random::<32>())
}

fn random<const N: usize>() -> String {
    // Crockford's alphabet: no I, L, O or U to misread. It has 32 letters, so that a byte's low bits choose evenly.
    const ALPHABET: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes).expect("the operating system gives randomness");
    bytes.iter().map(|byte| char::from(ALPHABET[usize::from(byte % 32)])).collect()
}

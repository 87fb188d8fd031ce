//! The countries served, and how each writes its postal codes.
//!
//! Only the form is checked: whether the code exists is for the carrier to say.

use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;

/// A country that shipments go from and to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum Country {
    /// Canada.
    Ca,
    /// Germany.
    De,
    /// France.
    Fr,
    /// The United Kingdom.
    Gb,
    /// Japan.
    Jp,
    /// The Netherlands.
    Nl,
    /// The United States.
    Us,
}

/// Not a country that is served.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("country must be one of CA, DE, FR, GB, JP, NL, US (was {0:?})")]
pub struct UnknownCountry(String);

impl Country {
    const ALL: [Self; 7] = [Self::Ca, Self::De, Self::Fr, Self::Gb, Self::Jp, Self::Nl, Self::Us];

    /// Its code after ISO 3166-1.
    pub fn code(self) -> &'static str {
        match self {
            Self::Ca => "CA",
            Self::De => "DE",
            Self::Fr => "FR",
            Self::Gb => "GB",
            Self::Jp => "JP",
            Self::Nl => "NL",
            Self::Us => "US",
        }
    }

    /// Whether an address there names a state or province.
    pub fn has_states(self) -> bool {
        matches!(self, Self::Ca | Self::Us)
    }

    /// The forms its postal codes take: `9` is a digit, `A` a letter, the rest stands for itself.
    fn forms(self) -> &'static [&'static str] {
        match self {
            Self::Ca => &["A9A 9A9"],
            Self::De | Self::Fr => &["99999"],
            Self::Gb => &["A9 9AA", "A99 9AA", "AA9 9AA", "AA99 9AA", "A9A 9AA", "AA9A 9AA"],
            Self::Jp => &["999-9999"],
            Self::Nl => &["9999 AA"],
            Self::Us => &["99999", "99999-9999"],
        }
    }

    /// The code as the country writes it, whatever case and spacing it came in; `None` if it is not one of its codes.
    pub fn postal_code(self, raw: &str) -> Option<String> {
        let bare: String =
            raw.chars().filter(|c| !matches!(c, ' ' | '-')).map(|c| c.to_ascii_uppercase()).collect();
        let code = self.forms().iter().find_map(|form| fill(form, &bare))?;
        self.is_assigned(&code).then_some(code)
    }

    /// Rules that a form cannot say.
    fn is_assigned(self, code: &str) -> bool {
        match self {
            // No Canadian code has one of the letters that are easily misread, and none starts with W or Z.
            Self::Ca => !code.contains(['D', 'F', 'I', 'O', 'Q', 'U']) && !code.starts_with(['W', 'Z']),
            // German and French codes start at 01; 00 is nowhere. Dutch ones start at 1000.
            Self::De | Self::Fr => !code.starts_with("00"),
            Self::Nl => !code.starts_with('0'),
            Self::Gb | Self::Jp | Self::Us => true,
        }
    }
}

/// Writes the characters into the form, if they fit it to the last one.
fn fill(form: &str, bare: &str) -> Option<String> {
    let mut given = bare.chars();
    let mut code = String::with_capacity(form.len());
    for place in form.chars() {
        let next = match place {
            '9' => given.next().filter(char::is_ascii_digit)?,
            'A' => given.next().filter(char::is_ascii_uppercase)?,
            separator => separator,
        };
        code.push(next);
    }
    given.next().is_none().then_some(code)
}

impl fmt::Display for Country {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

impl FromStr for Country {
    type Err = UnknownCountry;

    fn from_str(code: &str) -> Result<Self, UnknownCountry> {
        let found = Self::ALL.into_iter().find(|country| country.code().eq_ignore_ascii_case(code));
        found.ok_or_else(|| UnknownCountry(code.to_owned()))
    }
}

//! More tests than a terse line has room for.

use super::super::attributes::test;

macro_rules! tens {
    ($($ten:ident)*) => { $(
        mod $ten {
            use super::test;

            units!(zero one two three four five six seven eight nine);
        }
    )* };
}

macro_rules! units {
    ($($unit:ident)*) => { $(
        #[test]
        fn $unit() {}
    )* };
}

tens!(a b c d e f g h i j);

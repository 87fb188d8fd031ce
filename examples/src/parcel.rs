//! What is shipped: weight and size, and the weight that is paid for.

use crate::issues::Issues;
use serde::{Deserialize, Serialize};

/// The heaviest parcel that is taken, in grams.
pub const MAX_WEIGHT_G: u32 = 70_000;
/// The longest side that is taken, in millimetres.
pub const MAX_LENGTH_MM: u32 = 1_500;
/// The most that length and girth may come to, in millimetres.
pub const MAX_LENGTH_AND_GIRTH_MM: u32 = 3_000;

/// A box. Sides are kept longest first, however they were given.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Parcel {
    /// What the scales say, in grams.
    pub weight_g: u32,
    /// The longest side, in millimetres.
    pub length_mm: u32,
    /// The middle side, in millimetres.
    pub width_mm: u32,
    /// The shortest side, in millimetres.
    pub height_mm: u32,
}

/// How much room a kilogram may take before the room is what is paid for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Lane {
    /// Within a country, by road: 6,000 cm³ a kilogram.
    Domestic,
    /// Across a border, by air: 5,000 cm³ a kilogram.
    International,
}

impl Lane {
    fn cubic_mm_per_gram(self) -> u64 {
        match self {
            Self::Domestic => 6_000,
            Self::International => 5_000,
        }
    }
}

impl Parcel {
    /// A box of any orientation.
    pub fn new(weight_g: u32, sides_mm: [u32; 3]) -> Self {
        let mut sides = sides_mm;
        sides.sort_unstable_by(|a, b| b.cmp(a));
        let [length_mm, width_mm, height_mm] = sides;
        Self { weight_g, length_mm, width_mm, height_mm }
    }

    /// The longest side and once around the other two, in millimetres.
    pub fn length_and_girth_mm(&self) -> u32 {
        self.length_mm + 2 * (self.width_mm + self.height_mm)
    }

    /// The weight its room stands for, in grams, rounded up.
    pub fn dimensional_g(&self, lane: Lane) -> u64 {
        let volume = u64::from(self.length_mm) * u64::from(self.width_mm) * u64::from(self.height_mm);
        volume.div_ceil(lane.cubic_mm_per_gram())
    }

    /// The weight that is paid for: the greater of the two, up to the next full 100 g.
    pub fn billable_g(&self, lane: Lane) -> u64 {
        self.dimensional_g(lane).max(u64::from(self.weight_g)).next_multiple_of(100)
    }
}

/// A parcel as a client sent it.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ParcelForm {
    weight_g: Option<i64>,
    length_mm: Option<i64>,
    width_mm: Option<i64>,
    height_mm: Option<i64>,
}

impl ParcelForm {
    /// The parcel, or `None` after having said under the name `at` what is wrong with it.
    pub fn check(&self, at: &str, issues: &mut Issues) -> Option<Parcel> {
        let weight = within(&format!("{at}.weight_g"), self.weight_g, MAX_WEIGHT_G, issues);
        let length = within(&format!("{at}.length_mm"), self.length_mm, MAX_LENGTH_MM, issues);
        let width = within(&format!("{at}.width_mm"), self.width_mm, MAX_LENGTH_MM, issues);
        let height = within(&format!("{at}.height_mm"), self.height_mm, MAX_LENGTH_MM, issues);
        let parcel = Parcel::new(weight?, [length?, width?, height?]);
        let around = parcel.length_and_girth_mm();
        if around > MAX_LENGTH_AND_GIRTH_MM {
            let message =
                format!("length and girth must be at most {MAX_LENGTH_AND_GIRTH_MM} mm (was {around})");
            issues.add(at, "too_large", message);
            return None;
        }
        Some(parcel)
    }
}

fn within(field: &str, value: Option<i64>, most: u32, issues: &mut Issues) -> Option<u32> {
    let Some(value) = value else {
        issues.add(field, "required", "must be given");
        return None;
    };
    let fits = u32::try_from(value).ok().filter(|value| (1..=most).contains(value));
    if fits.is_none() {
        issues.add(field, "out_of_range", format!("must be between 1 and {most} (was {value})"));
    }
    fits
}

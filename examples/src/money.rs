//! Amounts of money in minor units, each with its currency.
//!
//! There are no floats and no exchange rates here: an account has one currency, and amounts of two do not mix.

use serde::{Deserialize, Serialize};
use std::fmt;
use std::iter::Sum;
use std::ops::{Add, Neg};
use std::str::FromStr;

/// A currency that accounts may be kept in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum Currency {
    /// The Canadian dollar.
    Cad,
    /// The euro.
    Eur,
    /// The pound sterling.
    Gbp,
    /// The yen, which has no minor unit.
    Jpy,
    /// The US dollar.
    Usd,
}

impl Currency {
    /// Its code after ISO 4217.
    pub fn code(self) -> &'static str {
        match self {
            Self::Cad => "CAD",
            Self::Eur => "EUR",
            Self::Gbp => "GBP",
            Self::Jpy => "JPY",
            Self::Usd => "USD",
        }
    }

    /// How many decimal places its minor unit has.
    pub fn exponent(self) -> usize {
        if self == Self::Jpy { 0 } else { 2 }
    }
}

impl fmt::Display for Currency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

impl FromStr for Currency {
    type Err = MoneyError;

    fn from_str(code: &str) -> Result<Self, MoneyError> {
        [Self::Cad, Self::Eur, Self::Gbp, Self::Jpy, Self::Usd]
            .into_iter()
            .find(|currency| currency.code() == code)
            .ok_or_else(|| MoneyError::UnknownCurrency(code.to_owned()))
    }
}

/// An amount in one currency; negative where money leaves.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Money {
    /// Minor units: cents, pence, whole yen.
    pub amount: i64,
    /// What they are units of.
    pub currency: Currency,
}

/// Why amounts could not be read or put together.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum MoneyError {
    /// Two currencies met.
    #[error("cannot add {right} to {left}")]
    Mixed {
        /// The currency there was.
        left: Currency,
        /// The one that came to it.
        right: Currency,
    },
    /// The result does not fit.
    #[error("amount out of range")]
    OutOfRange,
    /// No such currency here.
    #[error("currency must be one of CAD, EUR, GBP, JPY, USD (was {0:?})")]
    UnknownCurrency(String),
    /// Not an amount.
    #[error("money must be an amount and a currency, like 12.50 EUR (was {0:?})")]
    Malformed(String),
}

impl Money {
    /// So many minor units of a currency.
    pub const fn new(amount: i64, currency: Currency) -> Self {
        Self { amount, currency }
    }

    /// None of a currency.
    pub const fn zero(currency: Currency) -> Self {
        Self::new(0, currency)
    }

    /// Whether it is more than nothing.
    pub fn is_positive(self) -> bool {
        self.amount > 0
    }

    /// The sum of two amounts.
    ///
    /// # Errors
    ///
    /// [`MoneyError::Mixed`] for two currencies, [`MoneyError::OutOfRange`] if the sum does not fit.
    pub fn checked_add(self, other: Self) -> Result<Self, MoneyError> {
        if self.currency != other.currency {
            return Err(MoneyError::Mixed { left: self.currency, right: other.currency });
        }
        let amount = self.amount.checked_add(other.amount).ok_or(MoneyError::OutOfRange)?;
        Ok(Self { amount, ..self })
    }

    /// The amount and so many hundredths of a percent of it on top, half a minor unit rounded up.
    ///
    /// # Errors
    ///
    /// [`MoneyError::OutOfRange`] if the result does not fit.
    pub fn with_margin(self, basis_points: u32) -> Result<Self, MoneyError> {
        // In 128 bits neither the product nor the half can overflow.
        let margin = (i128::from(self.amount) * i128::from(basis_points) + 5_000).div_euclid(10_000);
        let amount = i64::try_from(i128::from(self.amount) + margin).map_err(|_| MoneyError::OutOfRange)?;
        Ok(Self { amount, ..self })
    }
}

/// # Panics
///
/// On two currencies, and past what fits: a caller that cannot rule these out asks [`Money::checked_add`].
impl Add for Money {
    type Output = Self;

    fn add(self, other: Self) -> Self {
        self.checked_add(other).unwrap_or_else(|error| panic!("{error}"))
    }
}

impl Neg for Money {
    type Output = Self;

    fn neg(self) -> Self {
        Self { amount: -self.amount, ..self }
    }
}

/// The sum of some amounts of one currency, if there are any.
impl Sum<Money> for Option<Money> {
    fn sum<I: Iterator<Item = Money>>(amounts: I) -> Self {
        amounts.reduce(Add::add)
    }
}

impl fmt::Display for Money {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sign = if self.amount < 0 { "-" } else { "" };
        let digits = self.amount.unsigned_abs();
        match self.currency.exponent() {
            0 => write!(f, "{sign}{digits} {}", self.currency),
            _ => write!(f, "{sign}{}.{:02} {}", digits / 100, digits % 100, self.currency),
        }
    }
}

/// Reads what [`Display`](fmt::Display) writes: `12.50 EUR`, `-0.05 USD`, `1500 JPY`.
impl FromStr for Money {
    type Err = MoneyError;

    fn from_str(text: &str) -> Result<Self, MoneyError> {
        let malformed = || MoneyError::Malformed(text.to_owned());
        let (number, code) = text.split_once(' ').ok_or_else(malformed)?;
        let currency: Currency = code.parse()?;
        let (sign, number) = number.strip_prefix('-').map_or((1, number), |rest| (-1, rest));
        let (whole, decimals) = number.split_once('.').unwrap_or((number, ""));
        let digits = format!("{whole}{decimals}");
        if whole.is_empty()
            || decimals.len() != currency.exponent()
            || !digits.bytes().all(|b| b.is_ascii_digit())
        {
            return Err(malformed());
        }
        let amount: i64 = digits.parse().map_err(|_| MoneyError::OutOfRange)?;
        Ok(Self::new(sign * amount, currency))
    }
}

//! Where a shipment goes from and to.
//!
//! An [`Address`] is always whole and in its country's own form; what a client sent is an [`AddressForm`].

use crate::issues::Issues;
use crate::postal::Country;
use serde::{Deserialize, Serialize};

/// An address that may be printed on a label.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Address {
    /// The person or company.
    pub name: String,
    /// Street and number.
    pub street: String,
    /// A second line: a floor, a department.
    pub street2: Option<String>,
    /// The town.
    pub city: String,
    /// The state or province, in two letters, where the country has them.
    pub state: Option<String>,
    /// As the country writes it.
    pub postal_code: String,
    /// The country.
    pub country: Country,
}

/// An address as a client sent it. Fields left out are empty, so that each gets an issue of its own.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct AddressForm {
    name: String,
    street: String,
    street2: Option<String>,
    city: String,
    state: Option<String>,
    postal_code: String,
    country: String,
}

impl AddressForm {
    /// The address, or `None` after having said under the name `at` what is wrong with it.
    pub fn check(&self, at: &str, issues: &mut Issues) -> Option<Address> {
        let name = issues.text(&format!("{at}.name"), &self.name, 60);
        let street = issues.text(&format!("{at}.street"), &self.street, 60);
        let street2 = issues.optional_text(&format!("{at}.street2"), self.street2.as_deref(), 60);
        let city = issues.text(&format!("{at}.city"), &self.city, 40);
        // Postal code and state depend on the country: without one there is nothing sensible to say about them.
        let country = self.country(at, issues)?;
        let postal_code = self.postal_code(country, at, issues);
        let state = self.state(country, at, issues)?;
        Some(Address {
            name: name?,
            street: street?,
            street2,
            city: city?,
            state,
            postal_code: postal_code?,
            country,
        })
    }

    fn country(&self, at: &str, issues: &mut Issues) -> Option<Country> {
        let field = format!("{at}.country");
        let code = issues.text(&field, &self.country, 2)?;
        code.parse().map_err(|error| issues.add(field, "country", format!("{error}"))).ok()
    }

    fn postal_code(&self, country: Country, at: &str, issues: &mut Issues) -> Option<String> {
        let field = format!("{at}.postal_code");
        let raw = issues.text(&field, &self.postal_code, 12)?;
        let code = country.postal_code(&raw);
        if code.is_none() {
            issues.add(field, "postal_code", format!("{raw:?} is not a postal code of {country}"));
        }
        code
    }

    /// The outer `None` is an issue, the inner one a country without states.
    fn state(&self, country: Country, at: &str, issues: &mut Issues) -> Option<Option<String>> {
        let field = format!("{at}.state");
        let state = issues.optional_text(&field, self.state.as_deref(), 40);
        if !country.has_states() {
            return Some(None);
        }
        match state {
            Some(state) if state.len() == 2 && state.bytes().all(|b| b.is_ascii_alphabetic()) => {
                Some(Some(state.to_ascii_uppercase()))
            }
            Some(state) => {
                issues.add(field, "state", format!("must be two letters, like CA (was {state:?})"));
                None
            }
            None => {
                issues.add(field, "required", format!("an address in {country} needs its state"));
                None
            }
        }
    }
}

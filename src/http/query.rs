//! Query parameters: known ones only, each at most once.

use actix_web::{HttpRequest, web};

use super::auth::Who;
use super::code::Code;
use super::problem::{Problem, quoted};
use crate::domain::BuyerId;

/// Lines in one page, unless asked otherwise, and at most.
const PAGE: u32 = 50;
const PAGE_MAX: u32 = 200;

pub(super) struct Query(Vec<(String, String)>);

impl Query {
    pub(super) fn of(req: &HttpRequest, known: &[&str]) -> Result<Self, Problem> {
        Self::parse(req.query_string(), known)
    }

    fn parse(text: &str, known: &[&str]) -> Result<Self, Problem> {
        let pairs = web::Query::<Vec<(String, String)>>::from_query(text)
            .map_err(|error| Problem::new(Code::InvalidQuery).detail(quoted(error.to_string())))?
            .into_inner();
        for (index, (name, _)) in pairs.iter().enumerate() {
            if !known.contains(&name.as_str()) {
                return Err(invalid(name, "is not a parameter of this call"));
            }
            if pairs[..index].iter().any(|(earlier, _)| earlier == name) {
                return Err(invalid(name, "is given twice"));
            }
        }
        Ok(Self(pairs))
    }

    pub(super) fn text(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    pub(super) fn parsed<T: std::str::FromStr>(
        &self,
        name: &str,
        complaint: &str,
    ) -> Result<Option<T>, Problem> {
        match self.text(name).map(str::parse) {
            None => Ok(None),
            Some(Ok(value)) => Ok(Some(value)),
            Some(Err(_)) => Err(invalid(name, complaint)),
        }
    }

    /// How many lines of a page: `limit`.
    pub(super) fn limit(&self) -> Result<u32, Problem> {
        let limit = self.parsed("limit", "is not a number")?.unwrap_or(PAGE);
        match (1..=PAGE_MAX).contains(&limit) {
            true => Ok(limit),
            false => Err(invalid("limit", "must be between 1 and 200")),
        }
    }

    /// Whose: one's own, or for a secret key that of the `buyer` it names.
    pub(super) fn buyer(&self, who: &Who) -> Result<BuyerId, Problem> {
        let named = self.parsed(
            "buyer",
            "is not a buyer id: 1 to 128 characters that can be seen, blanks only between them",
        )?;
        if named.is_none() && who.must_be_key().is_ok() {
            return Err(Problem::at(Code::BuyerRequired, "?buyer", "a secret key has to name the buyer"));
        }
        who.acts_for(named)
    }
}

pub(super) fn invalid(name: &str, complaint: &str) -> Problem {
    Problem::at(Code::InvalidQuery, format!("?{name}"), complaint)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn unknown_and_repeated_parameters_are_refused() {
        let parse = |text| Query::parse(text, &["limit", "after"]);
        assert_eq!(parse("limit=5&after=a%20b").unwrap().text("after"), Some("a b"));
        assert_eq!(parse("").unwrap().text("limit"), None);
        for bad in ["limti=5", "limit=5&limit=6"] {
            assert_eq!(parse(bad).err().map(|problem| problem.code()), Some(Code::InvalidQuery), "{bad}");
        }
        let limit = parse("limit=x").unwrap().parsed::<u32>("limit", "is not a number");
        assert_eq!(limit.unwrap_err().code(), Code::InvalidQuery);
    }
}

//! Who asks, and how records name them.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::ids::BadId;
use super::{BuyerId, KeyId};

/// Who asks.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Caller {
    /// A buyer may touch only what is theirs.
    Buyer(BuyerId),
    /// An integrating server or an operator, by secret key: may act for every buyer.
    Key(KeyId),
    /// The inventory itself, for what is due.
    Clock,
}

/// How records name the clock.
const CLOCK: &str = "clock";

impl Caller {
    /// The name that people read.
    pub fn name(&self) -> String {
        self.to_string()
    }

    /// Who has this name in a record: a key, the clock, or else a buyer.
    pub fn named(name: &str) -> Result<Self, BadId> {
        match name.parse() {
            Ok(key) => Ok(Self::Key(key)),
            Err(_) if name == CLOCK => Ok(Self::Clock),
            Err(_) => name.parse().map(Self::Buyer),
        }
    }

    /// A buyer whose id is the name of somebody else.
    pub fn is_namesake(&self) -> bool {
        matches!(self, Self::Buyer(buyer) if Self::named(buyer.as_str()).as_ref() != Ok(self))
    }

    pub fn may_touch(&self, owner: &BuyerId) -> bool {
        match self {
            Self::Buyer(buyer) => buyer == owner,
            Self::Key(_) | Self::Clock => true,
        }
    }
}

impl fmt::Display for Caller {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Buyer(buyer) => buyer.fmt(f),
            Self::Key(key) => key.fmt(f),
            Self::Clock => f.write_str(CLOCK),
        }
    }
}

/// In JSON that is kept: the name alone, as it always was, and `{"buyer": …}` for a buyer who would be read as
/// somebody else.
pub mod by {
    use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error};

    use super::Caller;

    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Written {
        Name(String),
        Tagged(Caller),
    }

    pub fn serialize<S: Serializer>(caller: &Caller, to: S) -> Result<S::Ok, S::Error> {
        if caller.is_namesake() { caller.serialize(to) } else { to.collect_str(caller) }
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Caller, D::Error> {
        match Written::deserialize(from)? {
            Written::Name(name) => Caller::named(&name).map_err(D::Error::custom),
            Written::Tagged(caller) => Ok(caller),
        }
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    #[derive(Serialize, Deserialize)]
    struct Kept(#[serde(with = "by")] Caller);

    fn buyer(name: &str) -> Caller {
        Caller::Buyer(name.parse().unwrap())
    }

    #[test]
    fn a_record_names_its_caller_and_nobody_else() {
        let key = KeyId::new(Uuid::from_u128(7));
        for (caller, written) in [
            (buyer("ann"), "\"ann\"".to_owned()),
            (buyer("key_17"), "\"key_17\"".to_owned()),
            (Caller::Key(key), format!("\"{key}\"")),
            (Caller::Clock, "\"clock\"".to_owned()),
            (buyer(&key.to_string()), format!("{{\"buyer\":\"{key}\"}}")),
            (buyer("clock"), "{\"buyer\":\"clock\"}".to_owned()),
        ] {
            assert_eq!(serde_json::to_string(&Kept(caller.clone())).unwrap(), written);
            assert_eq!(serde_json::from_str::<Kept>(&written).unwrap().0, caller);
        }
    }
}

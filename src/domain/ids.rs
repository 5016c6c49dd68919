//! One type per identifier. Ids of things we make are a prefix and a UUIDv7 in 32 hex digits, so they sort
//! by age; ids of people may come from outside and are short printable text.

use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use unicode_normalization::UnicodeNormalization;
use uuid::Uuid;

use super::text;

/// The text is not an identifier of the kind that was asked for.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("not a valid {0} id{rule}", rule = rule(.0))]
pub struct BadId(pub &'static str);

fn rule(kind: &str) -> &'static str {
    if kind == BUYER { BUYER_RULE } else { "" }
}

const BUYER: &str = "buyer";
const BUYER_RULE: &str =
    ": it has 1 to 128 characters that can be seen, in any script, and blanks only between them";

/// 128 bits as 32 hex digits: JSON numbers do not hold them.
pub mod hex {
    use serde::{Deserialize, Deserializer, Serializer, de::Error};
    use uuid::Uuid;

    pub fn serialize<S: Serializer>(bits: &u128, to: S) -> Result<S::Ok, S::Error> {
        let id = Uuid::from_u128(*bits);
        to.serialize_str(id.simple().encode_lower(&mut Uuid::encode_buffer()))
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<u128, D::Error> {
        let text = std::borrow::Cow::<str>::deserialize(from)?;
        u128::from_str_radix(&text, 16).map_err(D::Error::custom)
    }
}

macro_rules! made_id {
    ($(#[$doc:meta])* $name:ident, $prefix:literal) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub struct $name(Uuid);

        impl $name {
            pub const PREFIX: &'static str = concat!($prefix, "_");

            pub fn new(fresh: Uuid) -> Self {
                Self(fresh)
            }

            pub fn uuid(self) -> Uuid {
                self.0
            }

            pub fn as_u128(self) -> u128 {
                self.0.as_u128()
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(Self::PREFIX)?;
                f.write_str(self.0.simple().encode_lower(&mut Uuid::encode_buffer()))
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                fmt::Display::fmt(self, f)
            }
        }

        impl FromStr for $name {
            type Err = BadId;

            fn from_str(text: &str) -> Result<Self, BadId> {
                parse_made(text, Self::PREFIX).map(Self).ok_or(BadId($prefix))
            }
        }

        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
                if to.is_human_readable() { to.collect_str(self) } else { self.0.serialize(to) }
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
                if from.is_human_readable() {
                    from.deserialize_str(Text(std::marker::PhantomData))
                } else {
                    Uuid::deserialize(from).map(Self)
                }
            }
        }
    };
}

/// One spelling per id: lower-case hex without hyphens.
fn parse_made(text: &str, prefix: &str) -> Option<Uuid> {
    let hex = text.strip_prefix(prefix)?;
    let plain = hex.len() == 32 && hex.bytes().all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b));
    if !plain {
        return None;
    }
    Uuid::try_parse(hex).ok()
}

made_id!(
    /// An inventory: `inv_…`.
    InventoryId,
    "inv"
);
made_id!(
    /// A claim on several inventories: `grp_…`.
    GroupId,
    "grp"
);
made_id!(
    /// A hold: `hold_…`.
    HoldId,
    "hold"
);
made_id!(
    /// A sale: `sale_…`.
    SaleId,
    "sale"
);
made_id!(
    /// A block: `block_…`.
    BlockId,
    "block"
);
made_id!(
    /// The public half of a secret key: `key_…`. Names the key in the journal and in logs.
    KeyId,
    "key"
);

/// Who owns holds and sales. Anonymous buyers are `buy_` and a UUIDv7; an integrating server may use ids of
/// its own: up to 128 characters that people can see, in NFC.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct BuyerId(Arc<str>);

impl BuyerId {
    pub const LEN_MAX: usize = 128;

    pub fn anonymous(fresh: Uuid) -> Self {
        Self(format!("buy_{}", fresh.simple()).into())
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for BuyerId {
    type Err = BadId;

    fn from_str(text: &str) -> Result<Self, BadId> {
        if text.is_ascii() {
            let is_sound = text.len() <= Self::LEN_MAX && text::check_id(text).is_ok();
            return if is_sound { Ok(Self(text.into())) } else { Err(BadId(BUYER)) };
        }
        // Longer than any that is taken: it need not be composed to know.
        if text.len() > Self::LEN_MAX * 16 {
            return Err(BadId(BUYER));
        }
        let composed: String = text.nfc().collect();
        let is_sound = composed.chars().nth(Self::LEN_MAX).is_none() && text::check_buyer(&composed).is_ok();
        if is_sound { Ok(Self(composed.into())) } else { Err(BadId(BUYER)) }
    }
}

impl fmt::Display for BuyerId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for BuyerId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl Serialize for BuyerId {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.serialize_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for BuyerId {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        from.deserialize_str(Text(std::marker::PhantomData))
    }
}

/// Reads any identifier from text without an allocation in between.
struct Text<T>(std::marker::PhantomData<T>);

impl<T: FromStr<Err = BadId>> serde::de::Visitor<'_> for Text<T> {
    type Value = T;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an identifier")
    }

    fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<T, E> {
        text.parse().map_err(E::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_has_one_spelling() {
        let id = HoldId::new(Uuid::from_u128(0x0190_abcd_0000_7000_8000_0000_0000_0001));
        let text = id.to_string();
        assert_eq!(text, "hold_0190abcd000070008000000000000001");
        assert_eq!(text.parse::<HoldId>(), Ok(id));
        assert!(text.to_uppercase().parse::<HoldId>().is_err());
        assert!("hold_0190abcd-0000-7000-8000-000000000001".parse::<HoldId>().is_err());
        assert!(text.replace("hold", "sale").parse::<HoldId>().is_err());
    }

    #[test]
    fn a_buyer_id_is_what_shops_have() {
        let long = "한".repeat(128);
        for good in
            ["customer-17@shop.example", "a+b@c.de", "O'Neill | 7/8", "홍길동", "Ａ１", "x", long.as_str()]
        {
            assert_eq!(good.parse::<BuyerId>().map(|id| id.to_string()).as_deref(), Ok(good));
        }
        let (composed, apart) = ("é".parse::<BuyerId>(), "e\u{301}".parse::<BuyerId>());
        assert_eq!(composed, apart);
        let (far, wide) = ("x".repeat(129), "한".repeat(129));
        for bad in [
            "",
            " ",
            " ann",
            "ann ",
            "a\u{0}",
            "a\nb",
            "a\u{200b}b",
            "\u{202e}ann",
            far.as_str(),
            wide.as_str(),
        ] {
            let refused = bad.parse::<BuyerId>().unwrap_err();
            assert!(refused.to_string().contains("1 to 128 characters"), "{bad:?}");
        }
    }
}

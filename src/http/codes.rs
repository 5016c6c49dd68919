//! Access codes: as people give them, as they are compared, and as the journal keeps them.

use std::borrow::Cow;

use actix_web::http::header::{HeaderName, HeaderValue};
use hmac::{Hmac, KeyInit, Mac};
use percent_encoding::percent_decode_str;
use sha2::{Digest, Sha256};

use super::call::Call;
use super::code::Code;
use super::problem::Problem;
use crate::domain::allotment::AccessCode;
use crate::domain::{InventoryId, text};

const ACCESS_CODE: HeaderName = HeaderName::from_static("x-access-code");

/// Makes of a code what the journal keeps of it. Short codes are soon found from a plain hash: whoever sees the journal
/// but not the secret has nothing to try them against.
pub(super) struct CodeKey(Hmac<Sha256>);

impl CodeKey {
    /// Derived from the secret that signs tokens: no token tells anything about a code.
    pub(super) fn new(secret: &[u8]) -> Self {
        Self(keyed(&keyed(secret).chain_update("access codes").finalize().into_bytes()))
    }

    /// Differs from that of any other inventory. However the code is written, it is the same.
    pub(super) fn digest(&self, inventory: InventoryId, code: &str) -> AccessCode {
        let code = text::fold_code(code);
        half(
            &self
                .0
                .clone()
                .chain_update(inventory.uuid().as_bytes())
                .chain_update(code)
                .finalize()
                .into_bytes(),
        )
    }
}

fn keyed(secret: &[u8]) -> Hmac<Sha256> {
    Hmac::new_from_slice(secret).expect("HMAC takes keys of any length")
}

/// As releases before kept codes: a hash without a secret.
fn unkeyed(inventory: InventoryId, code: &str) -> AccessCode {
    half(&Sha256::new().chain_update(inventory.uuid().as_bytes()).chain_update(code).finalize())
}

fn half(hash: &[u8]) -> AccessCode {
    let (half, _) = hash.split_at(size_of::<u128>());
    AccessCode(half.iter().fold(0, |sum, byte| sum << 8 | u128::from(*byte)))
}

/// The code that somebody gives, as the journal has it: of an allotment of an earlier release by its plain hash, folded
/// or, before codes were folded, exactly as it was written.
pub(super) async fn given_code(
    call: &Call<'_>,
    inventory: InventoryId,
    code: Option<&str>,
) -> Result<Option<AccessCode>, Problem> {
    let Some(code) = code else { return Ok(None) };
    let blocks = call.channel(inventory).await?.blocks();
    let earlier = [unkeyed(inventory, code), unkeyed(inventory, &text::fold_code(code))];
    let earlier = earlier.into_iter().find(|code| blocks.iter().any(|(_, block)| block.code == Some(*code)));
    Ok(Some(earlier.unwrap_or_else(|| call.api.auth.codes().digest(inventory, code))))
}

/// The code of `X-Access-Code`. In a header, so that no log keeps it.
pub(super) fn code_in_header<'a>(call: &'a Call<'_>) -> Result<Option<Cow<'a, str>>, Problem> {
    let mut values = call.headers(ACCESS_CODE);
    let Some(value) = values.next() else { return Ok(None) };
    let code = header_text(value).filter(|_| values.next().is_none());
    code.map(Some).ok_or_else(|| {
        Problem::new(Code::BadRequest).detail(
            "X-Access-Code is to be given once, as UTF-8 or as a display string of RFC 9651, such as %\"caf%c3%a9\"",
        )
    })
}

/// Browsers send Latin letters alone: other ones come as a display string (RFC 9651, section 3.3.8).
fn header_text(value: &HeaderValue) -> Option<Cow<'_, str>> {
    let text = std::str::from_utf8(value.as_bytes()).ok()?;
    match text.strip_prefix("%\"").and_then(|rest| rest.strip_suffix('"')) {
        Some(encoded) => percent_decode_str(encoded).decode_utf8().ok(),
        None => Some(Cow::Borrowed(text)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(value: &[u8]) -> Option<String> {
        header_text(&HeaderValue::from_bytes(value).unwrap()).map(Cow::into_owned)
    }

    #[test]
    fn a_header_has_any_letters() {
        assert_eq!(shown(b"FAN-2026").unwrap(), "FAN-2026");
        assert_eq!(shown("팬클럽-2026".as_bytes()).unwrap(), "팬클럽-2026");
        assert_eq!(shown(br#"%"%ed%8c%ac-2026""#).unwrap(), "팬-2026");
        assert_eq!(shown(b"50%OFF-FANS").unwrap(), "50%OFF-FANS");
        assert_eq!(shown(b"\xff\xfe"), None);
        assert_eq!(shown(br#"%"%ff""#), None);
    }

    #[test]
    fn what_is_kept_depends_on_the_secret_and_the_inventory() {
        let [one, other] = [1, 2].map(|id| InventoryId::new(uuid::Uuid::from_u128(id)));
        let key = CodeKey::new(&[7; 32]);
        assert_eq!(key.digest(one, "fan-2026"), key.digest(one, " ＦＡＮ－２０２６"));
        assert_ne!(key.digest(one, "fan-2026"), key.digest(other, "fan-2026"));
        assert_ne!(key.digest(one, "fan-2026"), CodeKey::new(&[8; 32]).digest(one, "fan-2026"));
        assert_ne!(key.digest(one, "fan-2026"), unkeyed(one, &text::fold_code("fan-2026")));
    }
}

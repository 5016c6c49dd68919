//! Whose budget a request is taken from, before any handler runs, and how being turned away is told.

use std::cell::RefCell;
use std::net::{IpAddr, Ipv4Addr};
use std::sync::Arc;

use actix_web::body::{BodySize, BoxBody, MessageBody};
use actix_web::dev::ServiceRequest;
use actix_web::http::Method;
use actix_web::http::header::{HeaderMap, HeaderName, HeaderValue};

use super::Api;
use super::auth::Who;
use super::code::Code;
use super::problem::Problem;
use crate::domain::InventoryId;
use crate::limits::{Asker, Counted, ForwardedBy, Lane, Left, Limiter, Network, Proxies, Reason, TurnedAway};

const X_FORWARDED_FOR: HeaderName = HeaderName::from_static("x-forwarded-for");
/// draft-ietf-httpapi-ratelimit-headers.
const RATE_LIMIT: HeaderName = HeaderName::from_static("ratelimit");
const RATE_LIMIT_POLICY: HeaderName = HeaderName::from_static("ratelimit-policy");
const MINUTE_SECONDS: u64 = 60;

/// How clients are told apart.
#[derive(Debug, Clone)]
pub struct ClientOptions {
    pub proxies: Proxies,
    /// Addresses that may do much more.
    pub raised: Vec<Network>,
}

impl Default for ClientOptions {
    fn default() -> Self {
        let proxies = Proxies { trusted: Vec::new(), header: ForwardedBy::XForwardedFor };
        Self { proxies, raised: Vec::new() }
    }
}

impl ClientOptions {
    /// Where the request comes from.
    fn address(&self, req: &ServiceRequest) -> IpAddr {
        let peer = req.peer_addr().map_or(IpAddr::V4(Ipv4Addr::UNSPECIFIED), |peer| peer.ip());
        if !self.proxies.is_trusted(peer) {
            return peer;
        }
        let header = match self.proxies.header {
            ForwardedBy::XForwardedFor => X_FORWARDED_FOR,
            ForwardedBy::Forwarded => actix_web::http::header::FORWARDED,
        };
        // A line that is no text hides what came before it: it is none of our proxies' making.
        let lines: Vec<&str> =
            req.headers().get_all(header).map(|line| line.to_str().unwrap_or("")).collect();
        self.proxies.client(peer, lines.into_iter())
    }
}

/// What is known of a request before its handler runs.
#[derive(Debug, Clone)]
pub(super) struct Seen {
    pub(super) asker: Asker,
    /// None: nobody, or somebody who has to be looked up first.
    pub(super) who: Option<Who>,
}

impl Seen {
    pub(super) fn of(req: &ServiceRequest, api: &Api) -> Self {
        let (party, who) = api.auth.at_hand(req.headers());
        let address = api.options.clients.address(req);
        let is_raised = api.options.clients.raised.iter().any(|network| network.has(address));
        Self { asker: Asker { address: address.into(), party, is_raised }, who }
    }
}

/// Pages and what tells operators how the server is are not counted.
pub(super) fn is_counted(path: &str) -> bool {
    path.starts_with("/v1/")
}

/// What a call is for, by how it looks: it has not been matched to a route yet.
pub(super) fn lane(method: &Method, path: &str) -> Lane {
    if matches!(*method, Method::GET | Method::HEAD | Method::OPTIONS) {
        return Lane::Other;
    }
    let sells = path.starts_with("/v1/groups") || path.contains("/holds") || path.ends_with("/purchases");
    if sells { Lane::Selling } else { Lane::Other }
}

/// The budget that was looked at, in the words of the header fields' draft.
pub(super) fn tell(headers: &mut HeaderMap, lane: Lane, left: Result<&Left, &TurnedAway>) {
    let (quota, left, seconds) = match left {
        Ok(left) => (left.quota, left.left, left.full_after_ms.max(0).unsigned_abs().div_ceil(1_000)),
        Err(away) => (away.max, 0, u64::from(away.retry_after_seconds())),
    };
    if let Some(value) = lane_value(lane, "r", left, "t", seconds) {
        headers.insert(RATE_LIMIT, value);
    }
    if let Some(value) = policy(lane, quota) {
        headers.insert(RATE_LIMIT_POLICY, value);
    }
}

/// The last policy that was told on this thread: it is the same for nearly everybody.
fn policy(lane: Lane, quota: u64) -> Option<HeaderValue> {
    thread_local! {
        static LAST: RefCell<Option<(Lane, u64, HeaderValue)>> = const { RefCell::new(None) };
    }
    LAST.with_borrow_mut(|last| match last {
        Some((of, max, value)) if (*of, *max) == (lane, quota) => Some(value.clone()),
        _ => {
            let value = lane_value(lane, "q", quota, "w", MINUTE_SECONDS)?;
            *last = Some((lane, quota, value.clone()));
            Some(value)
        }
    })
}

/// One lane with two numbers. Every answer has it, so it does without the machinery of `format!`.
fn lane_value(lane: Lane, first: &str, one: u64, second: &str, other: u64) -> Option<HeaderValue> {
    let (mut one_text, mut other_text) = (itoa::Buffer::new(), itoa::Buffer::new());
    let parts = [
        "\"",
        lane.name(),
        "\";",
        first,
        "=",
        one_text.format(one),
        ";",
        second,
        "=",
        other_text.format(other),
    ];
    HeaderValue::try_from(parts.concat()).ok()
}

impl From<TurnedAway> for Problem {
    fn from(away: TurnedAway) -> Self {
        let (code, limit) = match away.reason {
            Reason::Calls => (Code::RateLimited, "calls_per_minute"),
            Reason::JournalBytes => (Code::RateLimited, "journal_bytes_per_minute"),
            Reason::Sessions => (Code::TooManySessions, "sessions_per_minute"),
            Reason::WrongCodes => (Code::TooManyWrongCodes, "wrong_codes_per_minute"),
            Reason::Streams => (Code::TooManyStreams, "streams"),
            Reason::PiecesHeld => (Code::HeldLimit, "pieces_held"),
            Reason::CoolingDown => (Code::CoolingDown, "given_up_holds"),
            Reason::HoldingTime => (Code::HoldingTime, "holding_seconds"),
        };
        let seconds = away.retry_after_seconds();
        let help = code.kind().help;
        let detail = format!("{help} This counts by {}. Again in {seconds} s.", away.whose.name());
        Problem::new(code).detail(detail).limit(limit, away.max).retry_after_seconds(seconds)
    }
}

/// A try to open an allotment: it counts as wrong until it is known to be right, so that many at once are no more.
pub(super) struct Guess {
    limiter: Arc<dyn Limiter>,
    asker: Asker,
    inventory: InventoryId,
}

impl Guess {
    pub(super) fn begin(api: &Api, asker: &Asker, inventory: InventoryId) -> Result<Self, Problem> {
        api.limiter.take(asker, Counted::WrongCode(inventory))?;
        Ok(Self { limiter: api.limiter.clone(), asker: asker.clone(), inventory })
    }

    /// Wrong only when the code was the reason.
    pub(super) fn told(self, is_wrong: bool) {
        if is_wrong {
            crate::telemetry::wrong_code();
            tracing::debug!(inventory = %self.inventory, "a code opened nothing");
        } else {
            self.limiter.give_back(&self.asker, Counted::WrongCode(self.inventory));
        }
    }
}

/// A place among the live streams of an address or a buyer; given back when it is dropped.
pub(super) struct StreamPlace {
    limiter: Arc<dyn Limiter>,
    asker: Asker,
}

impl StreamPlace {
    pub(super) fn take(api: &Api, asker: Asker) -> Result<Self, TurnedAway> {
        api.limiter.take(&asker, Counted::Stream)?;
        Ok(Self { limiter: api.limiter.clone(), asker })
    }
}

impl Drop for StreamPlace {
    fn drop(&mut self) {
        self.limiter.give_back(&self.asker, Counted::Stream);
    }
}

/// A body that keeps something for as long as it is there.
pub(super) struct Keeping<T> {
    pub(super) body: BoxBody,
    pub(super) _kept: T,
}

impl<T: Unpin> MessageBody for Keeping<T> {
    type Error = Box<dyn std::error::Error>;

    fn size(&self) -> BodySize {
        self.body.size()
    }

    fn poll_next(
        mut self: std::pin::Pin<&mut Self>,
        context: &mut std::task::Context<'_>,
    ) -> std::task::Poll<Option<Result<actix_web::web::Bytes, Self::Error>>> {
        std::pin::Pin::new(&mut self.body).poll_next(context)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_calls_that_sell_are_in_the_selling_lane() {
        let of = |method: Method, path: &str| lane(&method, path).name();
        for path in [
            "/v1/inventories/inv_1/holds",
            "/v1/inventories/inv_1/holds/hold_1/extend",
            "/v1/inventories/inv_1/purchases",
            "/v1/groups",
            "/v1/groups/grp_1/purchase",
        ] {
            assert_eq!(of(Method::POST, path), "selling", "{path}");
            assert_eq!(of(Method::GET, path), "other", "{path}");
        }
        assert_eq!(of(Method::DELETE, "/v1/inventories/inv_1/holds/hold_1"), "selling");
        assert_eq!(of(Method::POST, "/v1/sessions"), "other");
        assert_eq!(of(Method::POST, "/v1/inventories/inv_1/blocks"), "other");
        assert!(is_counted("/v1/sessions") && !is_counted("/livez") && !is_counted("/assets/a.js"));
    }

    #[test]
    fn a_budget_is_told_in_structured_fields() {
        let mut headers = HeaderMap::new();
        tell(&mut headers, Lane::Selling, Ok(&Left { quota: 120, left: 119, full_after_ms: 500 }));
        assert_eq!(headers.get("ratelimit").unwrap(), "\"selling\";r=119;t=1");
        assert_eq!(headers.get("ratelimit-policy").unwrap(), "\"selling\";q=120;w=60");
    }
}

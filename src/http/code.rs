//! Every problem that this server answers with: its stable code, status, title and what to do about it.
//! This table is the only place; answers, `/problems/{code}`, OpenAPI and `docs/api.md` follow it.

/// What is always the same about one problem.
#[derive(Debug)]
pub struct Kind {
    pub code: &'static str,
    pub status: u16,
    pub title: &'static str,
    /// Whether the same request may be sent again unchanged (with the same key) and can succeed.
    pub retryable: bool,
    /// For people: what happened and what helps.
    pub help: &'static str,
}

macro_rules! problems {
    ($($name:ident = $code:literal, $status:literal, $retry:ident, $title:literal, $help:literal;)*) => {
        /// The code of a problem.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
        pub enum Code { $($name,)* }

        impl Code {
            pub const ALL: &'static [Code] = &[$(Code::$name,)*];

            pub fn kind(self) -> &'static Kind {
                match self {
                    $(Code::$name => &Kind {
                        code: $code,
                        status: $status,
                        title: $title,
                        retryable: problems!(@$retry),
                        help: $help,
                    },)*
                }
            }
        }
    };
    (@again) => { true };
    (@final) => { false };
}

problems! {
    // what was asked is refused
    UnitTaken = "unit_taken", 409, final, "Already taken",
        "Somebody else holds or owns these seats; `units` names them. Choose others.";
    NotEnough = "not_enough", 409, final, "Not enough left",
        "Fewer pieces are left than were asked for; `units` names what is short, `largest_block` how many neighbours are left. Ask for less, or for something else.";
    NoAdjacentBlock = "no_adjacent_block", 409, final, "No seats together",
        "There are enough seats, but not beside each other; `largest_block` says how many are. Ask again without `adjacent`.";
    WouldOrphanSeat = "would_orphan_seat", 409, final, "A single seat would be left",
        "These picks leave seats alone that nobody wants; `units` names them. Take them, too, or sit one further.";
    CompanionKept = "companion_kept", 409, final, "Kept for companions",
        "These seats are for whoever comes along with the wheelchair place beside them, which is free; `units` names them. Take that place, too, or choose other seats.";
    SearchExhausted = "search_exhausted", 409, final, "Too large a party to look for",
        "So many accessible seats at a time were not found within what one request may cost. Ask for fewer, for one section, or pick the seats.";
    BuyerLimit = "buyer_limit", 409, final, "Limit of this buyer reached",
        "`limits` names the limit. Release a hold, or take fewer pieces.";
    NotOnSale = "not_on_sale", 409, final, "Not on sale now",
        "The sale has not begun or is over; `on_sale_from` and `on_sale_until` say when it is open.";
    Cancelled = "cancelled", 409, final, "Cancelled",
        "The event was cancelled: nothing can be held or bought here any more. `GET /v1/inventories/{inventory}` says why; what was bought is returned by the shop.";
    HoldExpired = "hold_expired", 409, final, "Hold expired",
        "The hold's time is over and its units are free again. Hold them anew.";
    HoldReleased = "hold_released", 409, final, "Hold released",
        "The hold was given back. Hold the units anew.";
    HoldPurchased = "hold_purchased", 409, final, "Hold purchased already",
        "The hold has become a sale.";
    ExtensionLimit = "extension_limit", 409, final, "Cannot be extended further",
        "The hold was extended as often, or is as long, as the inventory's settings allow.";
    ExtensionEarly = "extension_early", 409, final, "Nothing to gain yet",
        "The hold has nearly all of its time left: an extension would gain less than a second. None was used up; extend it later.";
    HoldEmptied = "hold_emptied", 409, final, "Nothing would be left",
        "A change cannot take everything out of a hold. To give it back, `DELETE` it.";
    HoldInGroup = "hold_in_group", 409, final, "Part of a group",
        "The hold is a part of a group, which is given back and purchased as a whole: `/v1/groups/{group}`.";
    NotInClaim = "not_in_claim", 409, final, "Not in this hold or sale",
        "The hold or sale has not so many pieces of what is to be moved.";
    WouldStrandHolder = "would_strand_holder", 409, final, "Somebody would lose their place",
        "The new plan closes, relabels or shrinks what somebody holds or owns; `stranded` lists all of it, and why.";
    SaleReturned = "sale_returned", 409, final, "Returned already",
        "Less than that is left of the sale: it was returned before.";
    TooManyBlocks = "too_many_blocks", 409, final, "Too many blocks",
        "An inventory has at most 2,000 blocks. Lift some, or put the units of several into one.";
    HoldUnknown = "hold_unknown", 404, final, "No such hold",
        "There is no such hold, or it is not yours, or it ended more than a day ago.";
    GroupUnknown = "group_unknown", 404, final, "No such group",
        "There is no such group, or it is not yours.";
    SaleUnknown = "sale_unknown", 404, final, "No such sale",
        "There is no such sale in this inventory, or it is not yours.";
    BlockUnknown = "block_unknown", 404, final, "No such block",
        "There is no such block in this inventory, or it was lifted.";
    InventoryUnknown = "inventory_unknown", 404, final, "No such inventory",
        "No inventory has this id.";
    TooManyPieces = "too_many_pieces", 422, final, "Too many pieces",
        "One hold has at most 50 pieces and 50 entries, whatever the inventory's settings; one that a secret key makes has up to 1,000 where `pieces_per_hold_of_keys` says so. `limits` tells which it is.";
    TooManyUnits = "too_many_units", 422, final, "Too many units",
        "The offers of one request take at most 10,000 units, counted offer by offer. Ask in several.";
    MoveInvalid = "move_invalid", 422, final, "Not a move",
        "Each entry names another hold or sale, and takes as many pieces as it gives up.";
    UnitUnknown = "unit_unknown", 422, final, "No such unit or offer",
        "The plan has no offer or unit of this id; `errors` points to it. `GET …/plan` lists all.";
    CategoryUnknown = "category_unknown", 422, final, "No such category",
        "The plan has no category of this id.";
    ChannelUnknown = "channel_unknown", 422, final, "No such channel",
        "No allotment is kept for this channel, and the settings name no time of sale for it.";
    AccessCodeUnknown = "code_unknown", 422, final, "No such code",
        "No allotment opens to this code, or what was kept for it is on public sale by now.";
    SectionUnknown = "section_unknown", 422, final, "No such section",
        "The plan has no section of this id.";
    ZoneUnknown = "zone_unknown", 422, final, "No such zone",
        "The plan has no zone of this id.";
    FloorUnknown = "floor_unknown", 422, final, "No such floor",
        "The plan has no floor of this id.";
    QuantityRange = "quantity_range", 422, final, "Too few or too many guests",
        "The quantity of this offer is the number of guests who share it; `errors` says how many may.";
    UnitNotStocked = "unit_not_stocked", 422, final, "Not a stocked unit",
        "A seat is one piece for ever, and so is an area that is taken as a whole: only other areas and items can be restocked. To take them off sale, block them.";
    SettingInvalid = "setting_invalid", 422, final, "Setting out of range",
        "A setting lies outside of its range, or contradicts another; `errors` points to it.";
    PlanInvalid = "plan_invalid", 422, final, "The plan has defects",
        "`errors` lists what is wrong in the plan, each with a pointer.";
    IdempotencyMismatch = "idempotency_mismatch", 422, final, "Idempotency key used for another request",
        "This key belongs to an earlier request that asked for something else, and that one stands. If this was meant to repeat it, send what was sent then; look at your holds and sales before you ask for more under a new key.";
    PreconditionFailed = "precondition_failed", 412, final, "Changed in the meantime",
        "The settings, or the plan, changed since they were read. Read them again and repeat with the new ETag.";
    PreconditionRequired = "precondition_required", 428, final, "If-Match is missing",
        "Send the ETag of the settings, or of the plan, that you read as `If-Match`, so that nobody's change is lost.";

    // who asks
    Unauthenticated = "unauthenticated", 401, final, "Who are you?",
        "Send `Authorization: Bearer …` with a buyer's token (`POST /v1/sessions`) or a secret key.";
    TokenInvalid = "token_invalid", 401, final, "Token or key not valid",
        "The token was not made by this server, or the key is unknown or revoked.";
    TokenExpired = "token_expired", 401, final, "Token expired",
        "Get a new token by `POST /v1/sessions`. Renew a token while it is valid to stay the same buyer.";
    Forbidden = "forbidden", 403, final, "Not allowed",
        "Who asks is known, but may not do this. Operator calls need a secret key with the operator role.";
    PurchaseNeedsKey = "purchase_needs_key", 403, final, "Purchase needs a secret key",
        "Here a hold becomes a sale by the shop's server, after payment. With the setting `checkout: open` the holder may do it.";
    ChannelNeedsKey = "channel_needs_key", 403, final, "A channel needs a secret key",
        "Only the server of a channel says which one it is. A buyer gives the `code` of an allotment.";
    OriginNotAllowed = "origin_not_allowed", 403, final, "Origin not allowed",
        "A web page of this origin may not open the live stream: it is not that of the address it asked, and is not in `allowed_origins`.";
    BuyerRequired = "buyer_required", 422, final, "For which buyer?",
        "A secret key acts for a buyer: name it as `buyer`.";

    // how it was asked
    RouteUnknown = "route_unknown", 404, final, "No such route",
        "Nothing is served under this path. `/docs/` lists all calls.";
    MethodNotAllowed = "method_not_allowed", 405, final, "Method not allowed",
        "The path exists, but not with this method; the `Allow` header names the others.";
    BadRequest = "bad_request", 400, final, "Bad request",
        "The request cannot be understood.";
    MalformedJson = "malformed_json", 400, final, "Not JSON",
        "The body is not JSON, is nested too deeply, or is missing.";
    BodyTooLarge = "body_too_large", 413, final, "Body too large",
        "Bodies have at most 256 KiB, plans 32 MiB.";
    UnsupportedMediaType = "unsupported_media_type", 415, final, "Not application/json",
        "Send bodies as `Content-Type: application/json`, without a content encoding.";
    BodyNotAllowed = "body_not_allowed", 422, final, "No body here",
        "This call takes no body, and nothing was changed: what it speaks of is in the path. To take single pieces out of a hold, `POST …/holds/{hold}/change`.";
    BodyTimeout = "body_timeout", 408, again, "Body too slow",
        "The whole body has to arrive within 10 seconds.";
    HeadTimeout = "head_timeout", 408, again, "Head too slow",
        "The head of a request has to arrive within 5 seconds.";
    HeadTooLarge = "head_too_large", 431, final, "Head too large",
        "The head of a request, its path and headers, has at most 128 KiB and 96 headers.";
    UnknownField = "unknown_field", 422, final, "Unknown field",
        "The body has a field that this call does not know; `errors` points to it.";
    MissingField = "missing_field", 422, final, "Missing field",
        "A field that this call needs is missing; `errors` points to where it belongs.";
    InvalidField = "invalid_field", 422, final, "Invalid value",
        "A field has a value that cannot be; `errors` points to it and says why.";
    InvalidQuery = "invalid_query", 422, final, "Invalid query parameter",
        "A query parameter is unknown or has a value that cannot be; `errors` names it, as in `?limit`.";
    IdempotencyKeyMissing = "idempotency_key_missing", 400, final, "Idempotency-Key is missing",
        "Send a fresh `Idempotency-Key` (a UUID, say) with every new POST, and the same one with each repeat.";
    IdempotencyKeyInvalid = "idempotency_key_invalid", 400, final, "Idempotency-Key not valid",
        "The key has 1 to 255 printable ASCII characters, bare or in double quotes.";

    // not now
    RateLimited = "rate_limited", 429, again, "Too many requests",
        "This is more than one client may ask in a minute. Repeat after `Retry-After` with the same key; `RateLimit` says how much is left.";
    TooManySessions = "too_many_sessions", 429, again, "Too many new sessions",
        "More buyers began in a minute than one address may have. Keep a session and renew it with its token.";
    TooManyStreams = "too_many_streams", 429, again, "Too many live streams",
        "More live streams are open than one client may have. Close some, or share one.";
    TooManyWrongCodes = "too_many_wrong_codes", 429, again, "Too many wrong codes",
        "Ten codes of a minute opened nothing. No further one is looked at, right or wrong, before `Retry-After`.";
    HeldLimit = "held_limit", 429, again, "Too much held at once",
        "Held and not paid for is as much as may be; `limits` says how much. Purchase or release something.";
    CoolingDown = "cooling_down", 429, again, "Too many holds given up",
        "Many holds were released or ran out, one after the other. A new one is possible after `Retry-After`.";
    HoldingTime = "holding_time", 429, again, "Held for long enough",
        "Whoever does not purchase holds for 10 minutes of any 30. Purchase what is held, or come back after `Retry-After`.";

    // it is on us
    Overloaded = "overloaded", 503, again, "Too busy",
        "Too many commands are under way. Nothing was changed. Repeat after `Retry-After` with the same key.";
    KeysFull = "keys_full", 503, again, "No room for another key",
        "So many purchases, returns and changes were made here within a day, or by this buyer, that no further key can be remembered. Nothing was changed. Repeat after `Retry-After` with the same key.";
    CommitPending = "commit_pending", 503, again, "Not confirmed yet",
        "The database does not answer. The command may still be committed: repeat with the same key to learn it.";
    NotCommitted = "not_committed", 503, again, "Not committed",
        "Nothing was changed. Repeat with the same key.";
    Unavailable = "unavailable", 503, again, "Not available now",
        "The inventory or the database cannot be reached now. Repeat after `Retry-After` with the same key.";
    ShuttingDown = "shutting_down", 503, again, "Shutting down",
        "This server is stopping. Connect again and repeat with the same key.";
    Internal = "internal", 500, final, "Our mistake",
        "Something went wrong here, and nothing was changed. `request_id` finds it in the log.";
}

impl Code {
    pub fn named(code: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|known| known.kind().code == code)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_is_used_once_and_found_by_its_name() {
        for &code in Code::ALL {
            assert_eq!(Code::named(code.kind().code), Some(code));
        }
        assert_eq!(Code::named("no_such_code"), None);
    }

    #[test]
    fn only_what_a_repeat_can_cure_is_retryable() {
        for &code in Code::ALL {
            let kind = code.kind();
            assert_eq!(kind.retryable, matches!(kind.status, 408 | 429 | 503), "{}", kind.code);
        }
    }

    #[test]
    fn every_code_stands_in_the_manual() {
        let manual = include_str!("../../docs/api.md");
        for &code in Code::ALL {
            let kind = code.kind();
            let row = format!("| `{}` | {} |", kind.code, kind.status);
            assert!(manual.contains(&row), "docs/api.md has no row {row}");
        }
    }
}

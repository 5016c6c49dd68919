//! The one table of all calls. The application is built from it, and a test compares it with OpenAPI, so a
//! route without documentation does not get far.

use actix_web::http::Method;
use actix_web::{HttpResponse, Route, web};

use super::code::Code;
use super::meter::Meter;
use super::problem::Problem;
use super::{
    activity, amend, blocks, groups, health, holds, inventories, live, moves, offers, openapi, pages, plan,
    plans, problems, replan, restock, sales, sales_list, sessions,
};

/// Who may call, and what else a call needs: the same for all problems that follow from it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Access {
    /// Everybody.
    Public,
    /// A buyer's token if there is one.
    Optional,
    /// A buyer's token or a secret key.
    Buyer,
    /// A secret key of any role.
    Key,
    /// A secret key with the operator role.
    Operator,
}

pub(super) struct Entry {
    pub(super) path: &'static str,
    pub(super) method: Method,
    pub(super) access: Access,
    /// Problems of this call besides those that every call may have.
    pub(super) problems: &'static [Code],
    route: fn(Method) -> Route,
}

impl Entry {
    /// For people with a browser, not for clients: it is not described.
    #[cfg(test)]
    pub(super) fn is_page(&self) -> bool {
        let api = [
            "/v1",
            "/livez",
            "/healthz",
            "/readyz",
            "/metrics",
            "/openapi.json",
            "/asyncapi.json",
            "/problems",
        ];
        !api.iter().any(|path| self.path.starts_with(path))
    }

    /// What can be read can be asked about (RFC 9110, section 9.3.2); a stream would never end.
    fn answers_head(&self) -> bool {
        self.method == Method::GET && !self.path.ends_with("/live")
    }
}

macro_rules! routes {
    ($($method:ident $path:literal $access:ident $handler:path $([$($problem:ident),*])?;)*) => {
        /// In the order of matching: what is called most stands first, since each earlier path costs a look.
        pub(super) const ROUTES: &[Entry] = &[$(Entry {
            path: $path,
            method: Method::$method,
            access: Access::$access,
            problems: &[$($(Code::$problem),*)?],
            route: |method| web::method(method).to($handler),
        },)*];
    };
}

routes! {
    POST "/v1/inventories/{inventory}/holds" Buyer holds::hold [Cancelled, UnitTaken, NotEnough, NoAdjacentBlock, WouldOrphanSeat, CompanionKept, SearchExhausted, BuyerLimit, NotOnSale, TooManyPieces, TooManyUnits, UnitUnknown, QuantityRange, CategoryUnknown, SectionUnknown, ZoneUnknown, FloorUnknown, ChannelNeedsKey, ChannelUnknown, AccessCodeUnknown, BuyerRequired, Forbidden, HeldLimit, CoolingDown, HoldingTime, TooManyWrongCodes];
    GET "/v1/inventories/{inventory}/holds" Buyer holds::list [BuyerRequired, Forbidden, InvalidQuery];
    POST "/v1/inventories/{inventory}/purchases" Buyer sales::purchase_now [Cancelled, UnitTaken, NotEnough, NoAdjacentBlock, WouldOrphanSeat, CompanionKept, SearchExhausted, KeysFull, BuyerLimit, NotOnSale, TooManyPieces, TooManyUnits, UnitUnknown, QuantityRange, CategoryUnknown, SectionUnknown, ZoneUnknown, FloorUnknown, ChannelNeedsKey, ChannelUnknown, AccessCodeUnknown, BuyerRequired, PurchaseNeedsKey, Forbidden, TooManyWrongCodes];
    POST "/v1/inventories/{inventory}/holds/{hold}/purchase" Buyer sales::purchase [Cancelled, KeysFull, HoldUnknown, HoldExpired, HoldReleased, HoldPurchased, HoldInGroup, PurchaseNeedsKey];
    DELETE "/v1/inventories/{inventory}/holds/{hold}" Buyer holds::release [HoldUnknown, HoldInGroup, BodyNotAllowed];
    POST "/v1/inventories/{inventory}/holds/{hold}/extend" Buyer holds::extend [Cancelled, HoldUnknown, HoldExpired, HoldReleased, HoldPurchased, HoldInGroup, ExtensionLimit, ExtensionEarly, HoldingTime];
    POST "/v1/inventories/{inventory}/holds/{hold}/change" Buyer holds::change [Cancelled, HoldUnknown, HoldExpired, HoldReleased, HoldPurchased, HoldInGroup, HoldEmptied, NotInClaim, UnitTaken, NotEnough, WouldOrphanSeat, CompanionKept, BuyerLimit, NotOnSale, TooManyPieces, TooManyUnits, UnitUnknown, QuantityRange, ChannelNeedsKey, ChannelUnknown, AccessCodeUnknown, TooManyWrongCodes, HeldLimit, CoolingDown];
    GET "/v1/inventories/{inventory}/live" Optional live::live [OriginNotAllowed, InvalidQuery, TooManyStreams, Overloaded];
    GET "/v1/inventories/{inventory}/availability" Public plan::availability;
    GET "/v1/inventories/{inventory}/offers" Public offers::list;
    GET "/v1/inventories/{inventory}/plan" Public plan::plan;
    PUT "/v1/inventories/{inventory}/plan" Operator replan::replan [PreconditionRequired, PreconditionFailed, PlanInvalid, WouldStrandHolder, SettingInvalid];
    GET "/v1/inventories/{inventory}" Public inventories::show;
    PATCH "/v1/inventories/{inventory}" Operator amend::configure [PreconditionRequired, PreconditionFailed, SettingInvalid];
    POST "/v1/inventories/{inventory}/cancel" Operator amend::cancel;
    GET "/v1/inventories" Public inventories::list [InvalidQuery];
    POST "/v1/inventories" Operator inventories::create [PlanInvalid, SettingInvalid];
    POST "/v1/plans" Operator plans::read_file [InvalidQuery];
    POST "/v1/sessions" Optional sessions::start [Forbidden, TooManySessions];
    GET "/v1/inventories/{inventory}/sales" Buyer sales_list::list [BuyerRequired, Forbidden, InvalidQuery, UnitUnknown, Overloaded];
    GET "/v1/inventories/{inventory}/activity" Operator activity::show;
    POST "/v1/inventories/{inventory}/sales/{sale}/return" Key sales::give_back [KeysFull, SaleUnknown, SaleReturned, UnitUnknown, TooManyPieces];
    POST "/v1/inventories/{inventory}/blocks" Operator blocks::block [KeysFull, TooManyBlocks, UnitTaken, NotEnough, UnitUnknown];
    GET "/v1/inventories/{inventory}/blocks" Operator blocks::list [];
    GET "/v1/inventories/{inventory}/allotment" Buyer blocks::allotment [ChannelNeedsKey, ChannelUnknown, AccessCodeUnknown, InvalidQuery, TooManyWrongCodes];
    DELETE "/v1/inventories/{inventory}/blocks/{block}" Operator blocks::unblock [BlockUnknown, BodyNotAllowed];
    POST "/v1/inventories/{inventory}/restock" Operator restock::restock [KeysFull, NotEnough, UnitUnknown, UnitNotStocked];
    POST "/v1/groups" Buyer groups::hold_all [Cancelled, InventoryUnknown, UnitTaken, NotEnough, BuyerLimit, NotOnSale, TooManyPieces, UnitUnknown, BuyerRequired, Forbidden, WouldOrphanSeat, QuantityRange, Overloaded, HeldLimit, CoolingDown, HoldingTime];
    GET "/v1/groups/{group}" Buyer groups::show [GroupUnknown, Overloaded];
    DELETE "/v1/groups/{group}" Buyer groups::release [GroupUnknown, Overloaded, BodyNotAllowed];
    POST "/v1/groups/{group}/purchase" Buyer groups::purchase [Cancelled, GroupUnknown, HoldExpired, HoldReleased, HoldPurchased, PurchaseNeedsKey, Overloaded];
    POST "/v1/inventories/{inventory}/holds/{hold}/move" Buyer moves::move_hold [Cancelled, HoldUnknown, HoldExpired, HoldReleased, HoldPurchased, HoldInGroup, NotOnSale, NotInClaim, MoveInvalid, UnitTaken, NotEnough, UnitUnknown, TooManyPieces, QuantityRange, BuyerLimit, CoolingDown];
    POST "/v1/inventories/{inventory}/sales/{sale}/move" Key moves::move_sale [Cancelled, SaleUnknown, NotInClaim, MoveInvalid, UnitTaken, NotEnough, UnitUnknown, TooManyPieces, QuantityRange, BuyerLimit];
    POST "/v1/inventories/{inventory}/moves" Key moves::move_several [Cancelled, SaleUnknown, HoldUnknown, HoldExpired, HoldReleased, HoldPurchased, HoldInGroup, NotOnSale, NotInClaim, MoveInvalid, UnitTaken, NotEnough, UnitUnknown, TooManyPieces, QuantityRange, BuyerLimit];
    GET "/livez" Public health::livez;
    GET "/healthz" Public health::healthz;
    GET "/readyz" Public health::readyz;
    GET "/metrics" Public health::metrics;
    GET "/openapi.json" Public openapi::openapi_json;
    GET "/asyncapi.json" Public openapi::asyncapi_json;
    GET "/docs/{file:.*}" Public openapi::docs;
    GET "/docs" Public openapi::to_docs;
    GET "/problems/{code}" Public problems::explain [RouteUnknown];
    GET "/" Public pages::page;
    GET "/events/{inventory}" Public pages::page;
    GET "/tickets" Public pages::page;
    GET "/operator" Public pages::page;
    GET "/operator/{rest:.*}" Public pages::page;
    GET "/assets/{file:.*}" Public pages::asset;
    GET "/favicon.svg" Public pages::root_file;
    GET "/robots.txt" Public pages::root_file;
    GET "/manifest.webmanifest" Public pages::root_file;
}

/// Registers all of [`ROUTES`], and what answers everything else.
pub fn configure(config: &mut web::ServiceConfig) {
    let mut paths: Vec<&'static str> = Vec::new();
    for entry in ROUTES {
        if !paths.contains(&entry.path) {
            paths.push(entry.path);
        }
    }
    for path in paths {
        let entries = || ROUTES.iter().filter(move |entry| entry.path == path);
        let allow = allow(entries());
        let mut resource = web::resource(path).app_data(Meter::new(path));
        for entry in entries() {
            resource = resource.route((entry.route)(entry.method.clone()));
            if entry.answers_head() {
                resource = resource.route((entry.route)(Method::HEAD));
            }
        }
        let refuse = move || async move { not_allowed(allow) };
        config.service(resource.default_service(web::to(refuse)));
    }
    config.default_service(web::to(pages::unknown));
}

/// `Allow` of one path; made once per worker and kept for good.
fn allow(entries: impl Iterator<Item = &'static Entry>) -> &'static str {
    let entries: Vec<&Entry> = entries.collect();
    let methods: Vec<&str> = entries.iter().map(|entry| entry.method.as_str()).collect();
    let head = entries.iter().any(|entry| entry.answers_head());
    match (methods.as_slice(), head) {
        (["GET"], true) => "GET, HEAD",
        (["GET"], false) => "GET",
        (["POST"], _) => "POST",
        (["DELETE"], _) => "DELETE",
        (["POST", "GET"] | ["GET", "POST"], _) => "GET, HEAD, POST",
        (["GET", "DELETE"], _) => "DELETE, GET, HEAD",
        (["GET", "PATCH"], _) => "GET, HEAD, PATCH",
        (["GET", "PUT"], _) => "GET, HEAD, PUT",
        _ => "",
    }
}

fn not_allowed(allow: &'static str) -> Result<HttpResponse, Problem> {
    Err(Problem::new(Code::MethodNotAllowed).allow(allow))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_path_tells_its_methods() {
        for entry in ROUTES {
            let path = entry.path;
            let methods = allow(ROUTES.iter().filter(move |entry| entry.path == path));
            assert!(methods.contains(entry.method.as_str()), "add the methods of {path} to `allow`");
        }
    }
}

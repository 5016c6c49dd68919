//! The floor: an actix-web server that reads the same request and gives an answer of the same size, and
//! does nothing in between. What `fairhold` reaches is measured as a share of this.

use std::net::SocketAddr;

use actix_web::{App, HttpRequest, HttpResponse, HttpServer, web};
use clap::Parser;
use fairhold_loadtest::token::Verifier;
use fairhold_loadtest::wire::{Ask, Hold, line, won};

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Bare baseline server
#[derive(Parser)]
struct Args {
    #[arg(long, default_value = "127.0.0.1:8090")]
    listen: SocketAddr,
    /// Check the buyer token against this secret (HS256)
    #[arg(long, value_name = "SECRET")]
    check_token: Option<String>,
    /// HTTP workers, as many as the server has by default on two cores
    #[arg(long, default_value_t = 2)]
    workers: usize,
}

async fn hold(
    verifier: web::Data<Option<Verifier>>,
    request: HttpRequest,
    inventory: web::Path<String>,
    body: web::Bytes,
) -> HttpResponse {
    let Ok(ask) = serde_json::from_slice::<Ask>(&body) else { return HttpResponse::BadRequest().finish() };
    let Some(buyer) = buyer(verifier.get_ref().as_ref(), &request) else {
        return HttpResponse::Unauthorized().finish();
    };
    if request.headers().get("idempotency-key").is_none() {
        return HttpResponse::BadRequest().finish();
    }
    HttpResponse::Created().json(answer(&ask, &inventory, &buyer))
}

fn buyer(verifier: Option<&Verifier>, request: &HttpRequest) -> Option<String> {
    let Some(verifier) = verifier else { return Some("buy_0198c0de-0000-7000-8000-000000000001".to_owned()) };
    verifier.bearer(request)
}

fn answer<'a>(ask: &'a Ask, inventory: &'a str, buyer: &'a str) -> Hold<'a> {
    let best = ask.best_available.as_ref();
    Hold {
        id: "hold_0198c0de-0000-7000-8000-000000000002",
        inventory,
        buyer,
        state: "held",
        epoch: 1,
        seq: best.map_or(42, |best| u64::from(best.quantity)),
        adjacent: best.is_none_or(|best| best.adjacent && best.category.is_some()),
        step: best.map(|_| "one_row"),
        lines: ask
            .offers
            .iter()
            .flatten()
            .map(|picked| line(&picked.offer, picked.quantity, 150_000))
            .collect(),
        total: won(150_000),
        expires_at: "2026-05-01T11:00:00Z",
        expires_in_seconds: 300,
    }
}

#[actix_web::main]
async fn main() -> std::io::Result<()> {
    let args = Args::parse();
    let verifier = web::Data::new(args.check_token.as_deref().map(Verifier::new));
    let app = move || {
        App::new()
            .app_data(verifier.clone())
            .route("/livez", web::get().to(HttpResponse::Ok))
            .route("/v1/inventories/{id}/holds", web::post().to(hold))
    };
    HttpServer::new(app).workers(args.workers).bind(args.listen)?.run().await
}

//! A shop as shops are usually built, behind the same call as fairhold's holds: what fairhold is measured
//! against. One of several ways to sell, see `--help`; `GET /audit` counts afterwards.
#![allow(clippy::print_stderr, reason = "why it ended, for whoever started it")]

use std::net::SocketAddr;
use std::sync::Arc;

use actix_web::http::StatusCode;
use actix_web::{App, HttpRequest, HttpResponse, HttpServer, web};
use clap::Parser;
use fairhold_loadtest::baselines::{Kind, Order, Shop, Sold, claim, pool, store};
use fairhold_loadtest::token::Verifier;
use fairhold_loadtest::wire::{Ask, Hold, line, won};
use fairhold_loadtest::{Failure, Outcome};
use uuid::Uuid;

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Baseline shop
#[derive(Parser, Clone)]
struct Args {
    #[arg(long, value_enum)]
    kind: Kind,
    #[arg(long, default_value = "127.0.0.1:8090")]
    listen: SocketAddr,
    /// An empty database
    #[arg(long)]
    database_url: String,
    #[arg(long, default_value = "")]
    redis_url: String,
    /// Connections to the database, of all workers together
    #[arg(long, default_value_t = 32)]
    pool: u32,
    /// Events of 200,000 seats, or stocks
    #[arg(long, default_value_t = 1)]
    events: u32,
    /// Of the buyer tokens (HS256)
    #[arg(long)]
    secret: String,
    /// HTTP workers, as many as the server has by default on two cores
    #[arg(long, default_value_t = 2)]
    workers: usize,
}

/// The request in parts that are right, or the status to refuse it with.
fn parse(
    verifier: &Verifier,
    request: &HttpRequest,
    inventory: &str,
    body: &[u8],
) -> Result<Order, StatusCode> {
    let ask: Ask = serde_json::from_slice(body).map_err(|_malformed| StatusCode::BAD_REQUEST)?;
    let buyer = verifier.bearer(request).ok_or(StatusCode::UNAUTHORIZED)?;
    let key = request.headers().get("idempotency-key").and_then(|key| key.to_str().ok());
    let key = key.ok_or(StatusCode::BAD_REQUEST)?.to_owned();
    let event = store::event_id(inventory).map_err(|_unknown| StatusCode::NOT_FOUND)?;
    let mut picked = ask.offers.into_iter().flatten();
    match (picked.next(), picked.next(), ask.best_available) {
        (Some(one), None, None) if one.quantity == 1 => {
            Ok(Order { id: Uuid::now_v7(), event, seat: one.offer, buyer, key })
        }
        _ => Err(StatusCode::UNPROCESSABLE_ENTITY),
    }
}

async fn hold(
    shop: web::Data<Arc<Shop>>,
    verifier: web::Data<Verifier>,
    request: HttpRequest,
    inventory: web::Path<String>,
    body: web::Bytes,
) -> HttpResponse {
    let order = match parse(&verifier, &request, &inventory, &body) {
        Ok(order) => order,
        Err(status) => return HttpResponse::new(status),
    };
    // a task of its own: a client that leaves ends neither a transaction nor a turn in the middle
    let shop = Arc::clone(&shop);
    let sale = actix_web::rt::spawn(async move {
        let sold = shop.sell(&order).await;
        (order, sold)
    });
    match sale.await {
        Ok((order, Ok(Sold::Yes { id, amount }))) => answer(&order, &inventory, id, amount),
        Ok((_, Ok(Sold::No))) => HttpResponse::Conflict().finish(),
        Ok((_, Ok(Sold::Busy))) => HttpResponse::ServiceUnavailable().finish(),
        Ok((_, Err(error))) => HttpResponse::InternalServerError().body(error.to_string()),
        Err(panicked) => HttpResponse::InternalServerError().body(panicked.to_string()),
    }
}

fn answer(order: &Order, inventory: &str, id: Uuid, amount: i64) -> HttpResponse {
    HttpResponse::Created().json(Hold {
        id: &format!("hold_{id}"),
        inventory,
        buyer: &order.buyer,
        state: "held",
        epoch: 1,
        seq: 42,
        adjacent: true,
        step: None,
        lines: vec![line(&order.seat, 1, amount)],
        total: won(amount),
        expires_at: "2026-05-01T11:00:00Z",
        expires_in_seconds: 300,
    })
}

async fn audit(args: web::Data<Args>) -> HttpResponse {
    match count(&args).await {
        Ok(count) => HttpResponse::Ok().json(count),
        Err(error) => HttpResponse::InternalServerError().body(error.to_string()),
    }
}

async fn count(args: &Args) -> Outcome<store::Count> {
    let pending = if args.kind == Kind::RedisClaim { claim::pending(&args.redis_url).await? } else { 0 };
    let counted = store::count(&pool(&args.database_url, 1).await?, args.kind).await?;
    Ok(store::Count { pending, ..counted })
}

/// The writer behind the claims, on a thread of its own; the shop is of no use without it.
fn start_writer(args: Args) {
    std::thread::spawn(move || {
        let write = async {
            let pool = pool(&args.database_url, 1).await?;
            claim::write(&args.redis_url, &pool).await
        };
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
        let ended = runtime.map_err(Failure::from).and_then(|runtime| runtime.block_on(write));
        eprintln!("the writer ended: {ended:?}");
        std::process::exit(1);
    });
}

async fn prepare(args: &Args) -> Outcome<()> {
    store::prepare(&pool(&args.database_url, 1).await?, args.kind, args.events).await?;
    if args.kind == Kind::RedisClaim {
        claim::prepare(&args.redis_url, args.events).await?;
        start_writer(args.clone());
    }
    Ok(())
}

async fn open_shop(args: Args) -> Result<Arc<Shop>, String> {
    let share = (args.pool / u32::try_from(args.workers).unwrap_or(1)).max(1);
    let shop = Shop::open(args.kind, &args.database_url, &args.redis_url, share).await;
    shop.map(Arc::new).map_err(|error| error.to_string())
}

#[actix_web::main]
async fn main() -> Outcome<()> {
    let args = Args::parse();
    prepare(&args).await?;
    let (listen, workers) = (args.listen, args.workers);
    let verifier = web::Data::new(Verifier::new(&args.secret));
    let args = web::Data::new(args);
    let app = move || {
        let settings = args.clone();
        App::new()
            .app_data(verifier.clone())
            .app_data(args.clone())
            .data_factory(move || open_shop(Args::clone(&settings)))
            .route("/audit", web::get().to(audit))
            .route("/v1/inventories/{id}/holds", web::post().to(hold))
    };
    Ok(HttpServer::new(app).workers(workers).bind(listen)?.run().await?)
}

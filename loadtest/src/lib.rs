//! What the load generators share: a cheap HTTP client, the calls that set a run up, viewers that
//! rebuild the live state from frames, and the figures that are printed at the end.
//!
//! Nothing here uses the server's own code: a generator knows the server only by its public shapes,
//! so an error in the server's types cannot hide itself here.

pub mod audit;
pub mod baselines;
pub mod board;
pub mod client;
pub mod drive;
pub mod floors;
pub mod live;
pub mod metrics;
pub mod procfs;
pub mod report;
pub mod rows;
pub mod setup;
pub mod stats;
pub mod stream;
pub mod token;
pub mod wal;
pub mod watch;
pub mod wire;

/// Why a generator gave up. It ends the program, so the text is all that is needed.
pub type Failure = Box<dyn std::error::Error + Send + Sync>;
/// The result of everything that may end a run.
pub type Outcome<T> = Result<T, Failure>;

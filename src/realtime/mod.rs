//! What everybody sees: the committed view of an inventory, and the live stream of its changes.
//!
//! Knows no database and no actor: records come in when they are committed, frames go out to viewers.
//!
//! | file | holds |
//! |---|---|
//! | `view` | statuses, counts, figures and holds as of the last committed record |
//! | `frame` | the frames of the live protocol, encoded once for all viewers |
//! | `channel` | one inventory's view and what was published of it; its `ring` of deltas and its `audience` |
//! | `viewer` | one connection's bounded queue |
//! | `hub` | all channels: ticks, viewer counts, staggered close |
//! | `proof` | what a token proves, and until when |
//! | `frame_guard`, `budget` | what a WebSocket may send: lengths, kinds and numbers of frames |
//! | `websocket`, `sse` | the two kinds of session |

mod budget;
mod channel;
mod frame;
mod frame_guard;
mod hub;
mod plan_text;
mod proof;
mod sse;
#[cfg(test)]
mod testing;
mod view;
mod viewer;
mod websocket;

pub use channel::{Channel, Joined, Summary};
pub use frame::Position;
pub use hub::{Hub, HubOptions};
pub use plan_text::PlanText;
pub use proof::{Proof, Unproven, Verify};
pub use sse::event_stream;
pub use view::{HeldView, View};
pub use viewer::close;
pub use websocket::websocket;

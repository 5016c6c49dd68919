//! The embedded store: what a commit rests on, kills, the end that was asked for, the command line beside it.

mod beside;
mod durability;
mod kills;
mod shutdown;

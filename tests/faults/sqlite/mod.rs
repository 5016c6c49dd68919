//! The embedded store: what a commit rests on, the end that was asked for, the command line beside it.

mod beside;
mod durability;
mod shutdown;

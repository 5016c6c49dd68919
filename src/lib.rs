pub mod domain;
pub mod plans;

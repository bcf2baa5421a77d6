pub mod draw;
pub mod expr;
pub mod matcher;
pub mod template;

//! What nodes say to each other, recorded at the links between them.

pub mod decode;

mod aborts;
mod cluster;
mod reference;

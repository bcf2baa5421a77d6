mod reference;
mod cluster;

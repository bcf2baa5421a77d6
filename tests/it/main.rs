mod cluster;
mod reference;

//! Requests as they leave, over real connections.

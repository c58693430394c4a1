//! The keeper of Tencent over one embedded table, against a stand-in for its API that keeps signatures and limits.

mod at_once;
mod cases;

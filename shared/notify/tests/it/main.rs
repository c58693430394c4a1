//! Destinations as they are met: over the wire, by their answers, and by their absence.

mod answers;
mod challenge;
mod client;
mod hostile;
mod multi_step;
mod mutual_tls;
mod requests;
mod settings;
mod severities;
mod signatures;
mod stand_in;
mod trial;

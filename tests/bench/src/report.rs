//! The table as Markdown.

use std::time::Duration;

use crate::subject::Measurement;

/// The table's head.
pub(crate) const HEAD: &str = "\
| function | package | start | start, CPU | first | warm | warm, CPU | peak memory | calls an event | write units an event |
|---|---|---|---|---|---|---|---|---|---|";

/// One function's row.
pub(crate) fn row(measured: &Measurement) -> String {
    let events = f64::from(u32::try_from(measured.invocations).unwrap());
    let calls = measured.tally.calls.iter().map(|(operation, calls)| {
        let calls = f64::from(u32::try_from(*calls).unwrap()) / events;
        format!("{calls:.2} {operation}")
    });
    let calls: Vec<_> = calls.collect();
    let mebibytes = f64::from(u32::try_from(measured.package_bytes).unwrap()) / 1024.0 / 1024.0;
    format!(
        "| {} | {mebibytes:.2} MiB | {} | {} | {} | {} | {} | {:.1} MiB | {} | {:.1} |",
        measured.function,
        milliseconds(measured.start),
        milliseconds(measured.start_cpu),
        milliseconds(measured.first),
        milliseconds(measured.warm),
        milliseconds(measured.warm_cpu),
        measured.peak_mib,
        calls.join(", "),
        measured.tally.write_units / events,
    )
}

/// What it was measured on.
pub(crate) fn machine() -> String {
    let processors = std::fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let model = processors.lines().find_map(|line| line.strip_prefix("model name")).unwrap_or_default();
    let load = std::fs::read_to_string("/proc/loadavg").unwrap_or_default();
    let cores = std::thread::available_parallelism().map_or(0, std::num::NonZero::get);
    format!("{cores} x {}, load before: {}\n", model.trim_start_matches([' ', '\t', ':']), load.trim())
}

fn milliseconds(duration: Duration) -> String {
    format!("{:.2} ms", duration.as_secs_f64() * 1000.0)
}

//! Counts as metrics in CloudWatch's embedded metric format: a log line that becomes a metric without an agent or a call.
//!
//! <https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html>

use std::fmt::Debug;
use std::io::Write;

use alert::Clock;
use serde_json::{Map, Value, json};
use tracing::field::{Field, Visit};
use tracing::{Event, Subscriber};
use tracing_subscriber::Layer;
use tracing_subscriber::fmt::MakeWriter;
use tracing_subscriber::layer::Context;

/// The namespace of all metrics.
const NAMESPACE: &str = "Campanile";

/// Writes each count as one line.
pub(super) struct Metrics<C, W> {
    stack: String,
    function: String,
    clock: C,
    writer: W,
}

/// The fields of one count.
#[derive(Default)]
struct Count {
    measure: Option<String>,
    source: Option<String>,
    destination: Option<String>,
    number: u64,
}

impl<C, W> Metrics<C, W> {
    /// Metrics of the function `function` in `stack`, which are dimensions of each; another is the source or the
    /// destination, where there is one.
    pub(super) fn new(stack: String, function: String, clock: C, writer: W) -> Self {
        Self { stack, function, clock, writer }
    }
}

impl<C: Clock, W> Metrics<C, W> {
    fn line(&self, count: Count) -> Option<Value> {
        let measure = count.measure?;
        let present = [
            ("stack", Some(self.stack.clone())),
            ("function", Some(self.function.clone())),
            ("source", count.source),
            ("destination", count.destination),
        ];
        let present = present.into_iter().filter_map(|(name, value)| Some((name.to_owned(), value?.into())));
        let dimensions: Map<String, Value> = present.collect();
        let names: Vec<_> = dimensions.keys().collect();
        let unit = if measure.ends_with("Seconds") { "Seconds" } else { "Count" };
        let mut line = json!({
            "_aws": {
                "Timestamp": self.clock.now().as_millisecond(),
                "CloudWatchMetrics": [{
                    "Namespace": NAMESPACE,
                    "Dimensions": [names],
                    "Metrics": [{ "Name": measure, "Unit": unit }],
                }],
            },
            measure: count.number,
        });
        line.as_object_mut()?.extend(dimensions);
        Some(line)
    }
}

impl<S, C, W> Layer<S> for Metrics<C, W>
where
    S: Subscriber,
    C: Clock + 'static,
    W: for<'writer> MakeWriter<'writer> + 'static,
{
    fn on_event(&self, event: &Event<'_>, _: Context<'_, S>) {
        let mut count = Count::default();
        event.record(&mut count);
        if let Some(line) = self.line(count) {
            // A metric that cannot be written is no reason to fail a request.
            let _ = self.writer.make_writer().write_all(format!("{line}\n").as_bytes());
        }
    }
}

impl Visit for Count {
    fn record_u64(&mut self, field: &Field, value: u64) {
        if field.name() == "count" {
            self.number = value;
        }
    }

    fn record_i64(&mut self, field: &Field, value: i64) {
        self.record_u64(field, value.unsigned_abs());
    }

    fn record_str(&mut self, field: &Field, value: &str) {
        match field.name() {
            "measure" => self.measure = Some(value.to_owned()),
            "source" => self.source = Some(value.to_owned()),
            "destination" => self.destination = Some(value.to_owned()),
            _ => {}
        }
    }

    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        self.record_str(field, &format!("{value:?}"));
    }
}

#[cfg(test)]
mod tests {
    use std::sync::{Arc, Mutex};
    use std::time::Duration;

    use alert::Source;
    use async_trait::async_trait;
    use intake::{COUNTS, Measure};
    use jiff::Timestamp;
    use tracing_subscriber::layer::SubscriberExt;

    use super::*;

    #[derive(Clone, Copy)]
    struct Noon;

    #[async_trait]
    impl Clock for Noon {
        fn now(&self) -> Timestamp {
            "2026-11-21T12:00:00Z".parse().unwrap()
        }

        async fn sleep(&self, _duration: Duration) {}
    }

    #[derive(Clone, Default)]
    struct Lines(Arc<Mutex<Vec<u8>>>);

    impl Write for Lines {
        fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
            self.0.lock().unwrap().write(bytes)
        }

        fn flush(&mut self) -> std::io::Result<()> {
            Ok(())
        }
    }

    /// What is written while `work` runs.
    fn lines(work: impl FnOnce()) -> Vec<Value> {
        let written = Lines::default();
        let writer = written.clone();
        let function = "bells-netdata-webhook".to_owned();
        let metrics = Metrics::new("bells".to_owned(), function, Noon, move || writer.clone());
        tracing::subscriber::with_default(tracing_subscriber::registry().with(metrics), work);
        let written = written.0.lock().unwrap();
        let lines = std::str::from_utf8(&written).unwrap().lines();
        lines.map(|line| serde_json::from_str(line).unwrap()).collect()
    }

    #[test]
    fn a_count_is_a_metric_of_its_function_and_source() {
        let lines = lines(|| intake::count(Measure::Recorded, Source::Netdata, 3));
        let expected = json!({
            "_aws": {
                "Timestamp": 1_795_262_400_000_u64,
                "CloudWatchMetrics": [{
                    "Namespace": "Campanile",
                    "Dimensions": [["function", "source", "stack"]],
                    "Metrics": [{ "Name": "EventsRecorded", "Unit": "Count" }],
                }],
            },
            "stack": "bells",
            "function": "bells-netdata-webhook",
            "source": "netdata",
            "EventsRecorded": 3,
        });
        assert_eq!(lines, [expected]);
    }

    #[test]
    fn a_count_of_no_source_is_a_metric_of_its_function() {
        let lines = lines(|| tracing::trace!(target: COUNTS, measure = "NotificationsFailed", count = 1));
        assert_eq!(lines[0]["_aws"]["CloudWatchMetrics"][0]["Dimensions"], json!([["function", "stack"]]));
        assert_eq!(lines[0]["NotificationsFailed"], 1);
    }

    #[test]
    fn an_age_is_a_metric_of_its_destination_in_seconds() {
        let lines = lines(|| {
            let (measure, destination) = ("OldestPendingSeconds", "ops-slack");
            tracing::trace!(target: COUNTS, measure, destination, count = 90);
        });
        let metric = &lines[0]["_aws"]["CloudWatchMetrics"][0];
        assert_eq!(metric["Dimensions"], json!([["destination", "function", "stack"]]));
        assert_eq!(metric["Metrics"][0]["Unit"], "Seconds");
        assert_eq!(
            (&lines[0]["destination"], &lines[0]["OldestPendingSeconds"]),
            (&json!("ops-slack"), &json!(90))
        );
    }

    #[test]
    fn nothing_is_written_of_nothing() {
        assert!(lines(|| intake::count(Measure::Duplicates, Source::Kazoo, 0)).is_empty());
    }
}

//! What an alarm computes, as far as the template's alarms go: queries of Metrics Insights and metric math.

use std::collections::BTreeMap;

/// A query of Metrics Insights.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Query {
    /// `SUM` or `MAX`.
    pub(super) function: String,
    /// The metric.
    pub(super) metric: String,
    /// The dimensions that a metric has to have, all and no others, sorted.
    pub(super) dimensions: Vec<String>,
    /// By which dimension the answer has several series.
    pub(super) group: Option<String>,
}

impl Query {
    /// The query that `expression` is; `None` for metric math.
    pub(super) fn read(expression: &str) -> Option<Self> {
        let (function, rest) = expression.trim().strip_prefix("SELECT ")?.split_once('(')?;
        let (metric, rest) = rest.split_once(") FROM SCHEMA(\"Campanile\", ")?;
        let (dimensions, rest) = rest.split_once(") WHERE stack = '${AWS::StackName}'")?;
        let mut dimensions: Vec<_> = dimensions.split(", ").map(str::to_owned).collect();
        dimensions.sort();
        let group = rest.trim().strip_prefix("GROUP BY ").map(|group| {
            let (group, order) = group.split_once(" ORDER BY ").unwrap();
            assert_eq!(order, format!("{function}() DESC"));
            group.to_owned()
        });
        Some(Self { function: function.to_owned(), metric: metric.to_owned(), dimensions, group })
    }
}

/// The value of metric math in one period. A series without a datapoint makes the whole without one, unless `FILL` says
/// what stands in for it.
pub(super) fn compute(expression: &str, series: &BTreeMap<String, Option<f64>>) -> Option<f64> {
    let mut parser = Parser { rest: expression, series };
    let value = parser.conjunction();
    assert_eq!(parser.rest.trim(), "", "in `{expression}`");
    value
}

struct Parser<'a> {
    rest: &'a str,
    series: &'a BTreeMap<String, Option<f64>>,
}

impl<'a> Parser<'a> {
    fn takes(&mut self, token: &str) -> bool {
        let rest = self.rest.trim_start().strip_prefix(token);
        self.rest = rest.unwrap_or(self.rest);
        rest.is_some()
    }

    fn word(&mut self) -> &'a str {
        let text = self.rest.trim_start();
        let end = text.find(|c: char| !c.is_ascii_alphanumeric() && c != '.').unwrap_or(text.len());
        let (word, rest) = text.split_at(end);
        self.rest = rest;
        word
    }

    fn conjunction(&mut self) -> Option<f64> {
        let mut value = self.comparison();
        while self.takes("AND") {
            let right = self.comparison();
            value = both(value, right, |left, right| truth(left != 0.0 && right != 0.0));
        }
        value
    }

    fn comparison(&mut self) -> Option<f64> {
        let left = self.sum();
        if self.takes("==") {
            let right = self.sum();
            return both(left, right, |left, right| truth((left - right).abs() < f64::EPSILON));
        }
        if self.takes(">") {
            let right = self.sum();
            return both(left, right, |left, right| truth(left > right));
        }
        left
    }

    fn sum(&mut self) -> Option<f64> {
        let mut value = self.product();
        while self.takes("+") {
            let right = self.product();
            value = both(value, right, |left, right| left + right);
        }
        value
    }

    fn product(&mut self) -> Option<f64> {
        let mut value = self.term();
        loop {
            if self.takes("*") {
                let right = self.term();
                value = both(value, right, |left, right| left * right);
            } else if self.takes("/") {
                let right = self.term();
                value = both(value, right, |left, right| left / right);
            } else {
                return value;
            }
        }
    }

    fn term(&mut self) -> Option<f64> {
        if self.takes("(") {
            let value = self.conjunction();
            assert!(self.takes(")"));
            return value;
        }
        if self.takes("SUM(METRICS())") {
            let known: Vec<_> = self.series.values().flatten().collect();
            return (!known.is_empty()).then(|| known.into_iter().sum());
        }
        let word = self.word();
        match word {
            "FILL" => {
                let [value, otherwise] = self.arguments().try_into().unwrap();
                value.or(otherwise)
            }
            "IF" => {
                let [condition, yes, no] = self.arguments().try_into().unwrap();
                if condition? == 0.0 { no } else { yes }
            }
            _ => word.parse().ok().or_else(|| self.series[word]),
        }
    }

    fn arguments(&mut self) -> Vec<Option<f64>> {
        assert!(self.takes("("));
        let mut arguments = vec![self.conjunction()];
        while self.takes(",") {
            arguments.push(self.conjunction());
        }
        assert!(self.takes(")"));
        arguments
    }
}

/// Two values made one; none where one of them is missing.
fn both(left: Option<f64>, right: Option<f64>, make: fn(f64, f64) -> f64) -> Option<f64> {
    left.zip(right).map(|(left, right)| make(left, right))
}

fn truth(is_true: bool) -> f64 {
    if is_true { 1.0 } else { 0.0 }
}

#[test]
fn metric_math_is_computed_as_cloudwatch_does() {
    let series = [("a", Some(2.0)), ("b", Some(3.0)), ("none", None)];
    let series = series.map(|(name, value)| (name.to_owned(), value)).into();
    for (expression, value) in [
        ("100 * a / (1000 * 4)", Some(0.05)),
        ("a + none", None),
        ("FILL(a, 0) + FILL(none, 7)", Some(9.0)),
        ("IF(FILL(a, 0) > 0 AND FILL(none, 0) == 0, 1, 0)", Some(1.0)),
        ("IF(a > b, 1, 0)", Some(0.0)),
        ("SUM(METRICS())", Some(5.0)),
    ] {
        assert_eq!(compute(expression, &series), value, "{expression}");
    }
}

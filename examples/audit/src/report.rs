// SPDX-License-Identifier: MIT OR Apache-2.0

//! What is printed in the end, for people and as JSON.

use std::io::{self, Write};
use std::time::Duration;

use serde_json::{Value, json};

use crate::audit::Verdicts;

pub struct Report {
    pub verdicts: Verdicts,
    pub threads: usize,
    pub time: Duration,
    /// Of all threads together.
    pub cpu_time: Duration,
}

impl Report {
    fn per_second(&self) -> f64 {
        self.verdicts.tokens() as f64 / self.time.as_secs_f64()
    }

    /// For each second of a core: what does not change when somebody else uses the machine.
    fn per_core_second(&self) -> f64 {
        self.verdicts.tokens() as f64 / self.cpu_time.as_secs_f64()
    }

    pub fn json(&self) -> Value {
        json!({
            "tokens": self.verdicts.tokens(),
            "verdicts": self.verdicts.0,
            "threads": self.threads,
            "seconds": self.time.as_secs_f64(),
            "cpu_seconds": self.cpu_time.as_secs_f64(),
            "tokens_per_second": self.per_second().round(),
            "tokens_per_cpu_second": self.per_core_second().round(),
        })
    }

    pub fn write_verdicts(&self, out: &mut impl Write) -> io::Result<()> {
        writeln!(
            out,
            "| verdict                  |     tokens |\n| ------------------------ | ---------: |"
        )?;
        let mut rows: Vec<_> = self.verdicts.0.iter().collect();
        rows.sort_by_key(|(_, count)| std::cmp::Reverse(**count));
        for (code, count) in rows {
            writeln!(out, "| {code:24} | {count:10} |")?;
        }
        writeln!(out, "| {:24} | {:10} |\n", "all", self.verdicts.tokens())
    }

    pub fn write_speed(reports: &[Self], out: &mut impl Write) -> io::Result<()> {
        writeln!(out, "| threads | seconds | tokens/s | tokens/s of a core's time |")?;
        writeln!(out, "| ------: | ------: | -------: | ------------------------: |")?;
        for report in reports {
            let (threads, secs) = (report.threads, report.time.as_secs_f64());
            let (wall, cpu) = (report.per_second(), report.per_core_second());
            writeln!(out, "| {threads:7} | {secs:7.2} | {wall:8.0} | {cpu:25.0} |")?;
        }
        Ok(())
    }
}

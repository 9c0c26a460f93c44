// SPDX-License-Identifier: MIT OR Apache-2.0

//! An inspection on a terminal.

use std::fmt::Write as _;
use std::io::{self, Write};

use super::inspection::{Check, Date, Inspection, Mark, Member, Verdict};

/// Columns that text is wrapped to.
const WIDTH: usize = 110;

/// How the terminal is used.
pub(crate) struct Terminal<'t> {
    pub(crate) colour: bool,
    /// A point in time as this machine's own time zone writes it.
    pub(crate) local: &'t dyn Fn(u64) -> Option<String>,
}

#[derive(Clone, Copy)]
enum Style {
    Heading,
    Good,
    Bad,
    Warning,
    Faint,
}

impl Terminal<'_> {
    pub(crate) fn print(&self, inspection: &Inspection, out: &mut dyn Write) -> io::Result<()> {
        writeln!(
            out,
            "{}   {}",
            self.style(Style::Heading, "time"),
            self.moment(&inspection.now, false)
        )?;
        if let Some(key) = &inspection.key {
            let kid = key.kid.as_ref().map(|kid| format!(", kid {kid}")).unwrap_or_default();
            let issuer = key
                .issuer
                .as_ref()
                .map(|issuer| format!(", for {issuer}"))
                .unwrap_or_default();
            writeln!(
                out,
                "{}    RSA {} bits{kid}{issuer}",
                self.style(Style::Heading, "key"),
                key.modulus_bits
            )?;
        }
        self.members(
            out,
            "header",
            "",
            &inspection.header,
            inspection.unreadable_header.as_deref(),
        )?;
        let warning = if inspection.signature_verified {
            ""
        } else {
            " (NOT VERIFIED: anybody may have written this)"
        };
        self.members(
            out,
            "claims",
            warning,
            &inspection.claims,
            inspection.unreadable_payload.as_deref(),
        )?;
        writeln!(out, "\n{}", self.style(Style::Heading, "checks"))?;
        for check in &inspection.checks {
            self.check(out, check)?;
        }
        self.list(out, "what to do next", &inspection.hints)?;
        self.list(out, "notes", &inspection.notes)?;
        writeln!(out, "\n{}", self.verdict(inspection))
    }

    fn members(
        &self,
        out: &mut dyn Write,
        title: &str,
        warning: &str,
        members: &[Member],
        unreadable: Option<&str>,
    ) -> io::Result<()> {
        writeln!(
            out,
            "\n{}{}",
            self.style(Style::Heading, title),
            self.style(Style::Warning, warning)
        )?;
        if let Some(text) = unreadable {
            writeln!(out, "  no JSON object that is accepted: {text}")?;
        } else if members.is_empty() {
            writeln!(out, "  none")?;
        }
        let longest = members.iter().map(|member| member.name.chars().count()).max();
        let width = longest.unwrap_or(0).min(20);
        for member in members {
            let mut line = format!("  {:width$}  ", member.name);
            if member.masked {
                line += &self.style(Style::Faint, &member.value);
            } else {
                line += &member.value;
            }
            if let Some(date) = &member.date {
                let _ = write!(line, "  · {}", self.moment(date, true));
            } else if let Some(meaning) = member.meaning {
                let _ = write!(line, "  {}", self.style(Style::Faint, &format!("· {meaning}")));
            }
            writeln!(out, "{line}")?;
        }
        Ok(())
    }

    /// A date in UTC and local time, with its age.
    fn moment(&self, date: &Date, with_age: bool) -> String {
        let local = (self.local)(date.secs)
            .map(|local| format!(" (local {local})"))
            .unwrap_or_default();
        let age = if with_age {
            format!(", {}", date.age)
        } else {
            String::new()
        };
        format!("{}{local}{age}", date.utc)
    }

    fn check(&self, out: &mut dyn Write, check: &Check) -> io::Result<()> {
        let (mark, style) = match check.outcome {
            Mark::Passed => ("✓", Style::Good),
            Mark::Failed => ("✗", Style::Bad),
            Mark::NotChecked => ("–", Style::Faint),
        };
        let mut line = format!("  {} {}", self.style(style, mark), check.what);
        if let Some(detail) = &check.detail {
            let style = if detail.starts_with("NOT CHECKED") {
                Style::Warning
            } else {
                style
            };
            let _ = write!(line, ": {}", self.style(style, detail));
        }
        writeln!(out, "{line}")?;
        if check.outcome == Mark::Failed {
            for (name, value) in [("expected", &check.expected), ("found", &check.found)] {
                if let Some(value) = value {
                    writeln!(out, "      {name:8}  {value}")?;
                }
            }
        }
        Ok(())
    }

    fn list(&self, out: &mut dyn Write, title: &str, items: &[String]) -> io::Result<()> {
        if items.is_empty() {
            return Ok(());
        }
        writeln!(out, "\n{}", self.style(Style::Heading, title))?;
        for item in items {
            let mut bullet = "•";
            for line in wrapped(item) {
                writeln!(out, "  {bullet} {line}")?;
                bullet = " ";
            }
        }
        Ok(())
    }

    fn verdict(&self, inspection: &Inspection) -> String {
        let because = match (&inspection.error, inspection.code) {
            (Some(error), Some(code)) => format!(": {error} [{code}]"),
            _ => String::new(),
        };
        match inspection.verdict {
            Verdict::Accepted => self.style(Style::Good, "ACCEPTED"),
            Verdict::Refused => self.style(Style::Bad, &format!("REFUSED{because}")),
            Verdict::SignatureGood => self.style(Style::Warning, "SIGNATURE GOOD; no claim was checked"),
            Verdict::NotVerified => self.style(
                Style::Warning,
                "NOT VERIFIED: no key was given, so anybody may have written this token",
            ),
        }
    }

    fn style(&self, style: Style, text: &str) -> String {
        if !self.colour || text.is_empty() {
            return text.to_owned();
        }
        let code = match style {
            Style::Heading => "1",
            Style::Good => "1;32",
            Style::Bad => "1;31",
            Style::Warning => "33",
            Style::Faint => "2",
        };
        format!("\u{1b}[{code}m{text}\u{1b}[0m")
    }
}

/// The text in lines of [`WIDTH`] columns at most, as far as its words allow.
fn wrapped(text: &str) -> Vec<String> {
    let mut lines = vec![String::new()];
    for word in text.split(' ') {
        let line = lines.last_mut();
        match line {
            Some(line) if line.is_empty() => line.push_str(word),
            Some(line) if line.chars().count() + 1 + word.chars().count() <= WIDTH => {
                line.push(' ');
                line.push_str(word);
            }
            _ => lines.push(word.to_owned()),
        }
    }
    lines
}

//! Somebody new gets from the start page to a task, a note and an opportunity that are saved, without a network and without
//! a question: in each language, on tablet and phone, by touch and by keyboard alone. On the way no screen hinders
//! anybody, what a screen reader says of a control is what is written on it, and the focus is where one goes on.

use crate::travel;
use anyhow::{Context, Result, bail, ensure};
use rapport_tests::browser::{Browser, PHONE, TABLET};
use rapport_tests::device::{Device, PASSPHRASE, PASSWORD};
use rapport_tests::stage::Stage;
use rapport_tests::{axe, wait};
use serde_json::json;
use std::cell::RefCell;
use std::collections::BTreeSet;
use thirtyfour::Key;

/// The beginning of the name of many customers of the demo bank.
const CUSTOMER: &str = "浙江";

/// How somebody works.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Hand {
    Fingers,
    Keys,
}

/// What the app says in a language.
struct Words {
    language: &'static str,
    tomorrow: &'static str,
    /// What it says of the note, which has no name.
    note_saved: &'static str,
}

/// What somebody writes.
struct Work {
    task: String,
    note: String,
    product: String,
}

#[test]
fn a_newcomer_finds_the_way_in_simplified_chinese() -> Result<()> {
    travel(find_the_way(&Words {
        language: "zh-Hans",
        tomorrow: "明天",
        note_saved: "拜访记录已提交",
    }))
}

#[test]
fn a_newcomer_finds_the_way_in_traditional_chinese() -> Result<()> {
    travel(find_the_way(&Words {
        language: "zh-Hant",
        tomorrow: "明天",
        note_saved: "拜訪紀錄已送出",
    }))
}

#[test]
fn a_newcomer_finds_the_way_in_english() -> Result<()> {
    travel(find_the_way(&Words {
        language: "en",
        tomorrow: "tomorrow",
        note_saved: "Visit note submitted",
    }))
}

/// One device by keyboard alone, the other by touch; each finds on the server what was done on the other.
async fn find_the_way(words: &Words) -> Result<()> {
    let stage = Stage::new().await?;
    let hands = if words.language == "zh-Hant" {
        [Hand::Fingers, Hand::Keys]
    } else {
        [Hand::Keys, Hand::Fingers]
    };
    let tablet = stage.device("tablet", TABLET).await?;
    let (customer, of_tablet) = Newcomer::new(&tablet, hands[0], words)?.travel().await?;
    let phone = stage.device("phone", PHONE).await?;
    let (other, of_phone) = Newcomer::new(&phone, hands[1], words)?.travel().await?;
    is_there(&phone, &customer, &of_tablet).await?;
    is_there(&tablet, &other, &of_phone).await
}

/// Whether what was written on another device is here.
async fn is_there(device: &Device, customer: &str, work: &Work) -> Result<()> {
    let browser = &device.browser;
    device.sync_soon().await?;
    device.visit("/tasks").await?;
    browser.fill("search", &work.task).await?;
    browser.wait_for_text("list-task", &[&work.task]).await?;
    device.visit("/opportunities").await?;
    browser.fill("search", &work.product).await?;
    browser.wait_for_text("list-opportunity", &[&work.product]).await?;
    device.open_customer(customer, customer).await?;
    browser.wait_for_text("timeline-entry", &[&work.note]).await.map(drop)
}

/// Somebody who has never seen the app, at a device.
struct Newcomer<'a> {
    device: &'a Device,
    browser: &'a Browser,
    hand: Hand,
    words: &'a Words,
    axe: Option<String>,
    /// The screens that were looked at.
    seen: RefCell<BTreeSet<String>>,
}

impl<'a> Newcomer<'a> {
    fn new(device: &'a Device, hand: Hand, words: &'a Words) -> Result<Self> {
        Ok(Self {
            device,
            browser: &device.browser,
            hand,
            words,
            axe: axe::script()?,
            seen: RefCell::default(),
        })
    }

    /// The whole way. Gives what was written, and about which customer.
    async fn travel(&self) -> Result<(String, Work)> {
        self.come_in().await?;
        self.device.go_offline().await?;
        let how = if self.hand == Hand::Keys { "keys" } else { "touch" };
        let named = |what: &str| format!("{what} {how} {}", self.words.language);
        let work = Work {
            task: named("回电"),
            note: named("想了解厂房贷款"),
            product: named("厂房贷款"),
        };
        self.task(&work.task).await?;
        let customer = self.note(&work.note).await?;
        self.opportunity(&work.product, &customer).await?;
        self.device.go_online().await?;
        self.device.wait_until_all_is_sent().await?;
        Ok((customer, work))
    }

    /// From the start page to the book.
    async fn come_in(&self) -> Result<()> {
        self.press(&format!("language-{}", self.words.language)).await?;
        let spoken = self.browser.script("return document.documentElement.lang", vec![]);
        ensure!(spoken.await? == json!(self.words.language), "another language");
        // What is missing is said where it is missing, and there one goes on.
        self.press("sign-in-submit").await?;
        self.is_asked_for("login").await?;
        self.look("sign-in").await?;
        self.write("login", "rm1").await?;
        self.write("password", PASSWORD).await?;
        self.press("sign-in-submit").await?;
        self.has_heading().await?;
        self.press("passphrase-submit").await?;
        self.is_asked_for("passphrase").await?;
        self.look("passphrase").await?;
        self.write("passphrase", PASSPHRASE).await?;
        self.write("passphrase-again", PASSPHRASE).await?;
        self.press("passphrase-submit").await?;
        self.device.wait_for_book().await?;
        self.has_heading().await?;
        self.look("today").await
    }

    async fn task(&self, title: &str) -> Result<()> {
        self.begin("task").await?;
        self.press("form-save").await?;
        self.is_asked_for("field-title").await?;
        self.look("task").await?;
        self.write("field-title", title).await?;
        self.write("field-due", self.words.tomorrow).await?;
        self.save("form-save", title).await
    }

    /// Written first, filed to a customer afterwards.
    async fn note(&self, text: &str) -> Result<String> {
        self.begin("note").await?;
        self.browser.wait_for_focus("written-text").await?;
        self.write("written-text", text).await?;
        self.look("write").await?;
        self.press("file").await?;
        // Who closes the sheet is where they were.
        self.browser.wait_for_focus("pick-customer").await?;
        self.browser.key(Key::Escape).await?;
        self.browser.wait_for_focus("file").await?;
        self.press("file").await?;
        let customer = self.pick().await?;
        self.browser.wait_for_text("form-subject", &[&customer]).await?;
        // What was written a moment ago is not told as found again.
        ensure!(
            !self.browser.shows("draft-discard").await?,
            "a draft is offered to be given up"
        );
        match self.hand {
            Hand::Fingers => self.press("next-week").await?,
            Hand::Keys => {
                self.browser.tab_to("next-tomorrow").await?;
                self.browser.key(Key::Right).await?;
            }
        }
        self.look("note").await?;
        self.save("form-save", self.words.note_saved).await?;
        Ok(customer)
    }

    async fn opportunity(&self, product: &str, customer: &str) -> Result<()> {
        self.begin("opportunity").await?;
        let picked = self.pick_named(customer).await?;
        ensure!(picked == customer, "{picked} was picked for {customer}");
        self.write("field-product", product).await?;
        self.look("opportunity").await?;
        self.save("form-save", product).await
    }

    /// Begins something new from wherever one is.
    async fn begin(&self, what: &str) -> Result<()> {
        match self.hand {
            Hand::Fingers => self.press("add").await?,
            Hand::Keys => self.browser.chord(&[], '+').await?,
        }
        self.browser.find(&format!("add-{what}")).await?;
        self.look("add").await?;
        self.press(&format!("add-{what}")).await
    }

    async fn pick(&self) -> Result<String> {
        self.pick_named(CUSTOMER).await
    }

    /// Picks the first customer that is found.
    async fn pick_named(&self, name: &str) -> Result<String> {
        self.browser.wait_for_focus("pick-customer").await?;
        self.write("pick-customer", name).await?;
        let found = self.browser.wait_for_text("pick-customer-option", &[name]).await?;
        self.look("pick-customer").await?;
        let first = self.browser.texts("pick-customer-option").await?;
        let first = first.first().unwrap_or(&found);
        let first = first.lines().next().context("a customer has no name")?.to_owned();
        match self.hand {
            Hand::Fingers => self.browser.press("pick-customer-option").await?,
            Hand::Keys => self.browser.key(Key::Enter).await?,
        }
        Ok(first)
    }

    /// Saves; it is said aloud by a region that was there before, and one goes on where one came from: at the heading of that
    /// page, or at what leads to the customer.
    async fn save(&self, button: &str, said: &str) -> Result<()> {
        let listen = "
            const region = document.querySelector('[data-test=toast]');
            window.said = [];
            const hear = () => window.said.push(region.textContent);
            new MutationObserver(hear).observe(region, { childList: true, subtree: true, characterData: true });
            return region.closest('[role=status], [aria-live]') !== null;";
        let is_said = self.browser.script(listen, vec![]).await?;
        ensure!(is_said == json!(true), "nobody who does not look hears what was done");
        self.press(button).await?;
        wait::until(format!("“{said}” to be said"), wait::PATIENCE, async || {
            let heard = self.browser.script("return window.said", vec![]).await?;
            let mut texts = heard.as_array().into_iter().flatten().filter_map(|text| text.as_str());
            if texts.any(|text| text.contains(said)) {
                return Ok(Some(()));
            }
            bail!("heard {heard}")
        })
        .await?;
        self.has_focus_on("main h1, main a[href^='/customers/']").await
    }

    /// Presses something, after its name was compared with what is written on it.
    async fn press(&self, name: &str) -> Result<()> {
        self.browser.find(name).await?;
        self.is_named(name).await?;
        match self.hand {
            Hand::Fingers => self.browser.press(name).await,
            Hand::Keys => {
                self.browser.tab_to(name).await?;
                self.browser.key(Key::Enter).await
            }
        }
    }

    /// Types into a field, after its name was compared with what is written at it.
    async fn write(&self, name: &str, text: &str) -> Result<()> {
        self.browser.find(name).await?;
        self.is_named(name).await?;
        match self.hand {
            Hand::Fingers => self.browser.fill(name, text).await,
            Hand::Keys => {
                self.browser.tab_to(name).await?;
                self.browser.type_text(text).await
            }
        }
    }

    async fn is_named(&self, name: &str) -> Result<()> {
        let (seen, said) = self.browser.names_of(name).await?;
        ensure!(!said.is_empty(), "{name}: a screen reader says nothing");
        ensure!(said.contains(&seen), "{name}: “{seen}” is written, “{said}” is said");
        Ok(())
    }

    /// Whether the field is marked as the one at fault, says why, and has the focus.
    async fn is_asked_for(&self, field: &str) -> Result<()> {
        self.browser.wait_for_focus(field).await?;
        let script = "
            const field = document.activeElement;
            const reasons = (field.getAttribute('aria-describedby') ?? '').split(' ').map(id => document.getElementById(id));
            const told = reasons.find(reason => reason?.matches('[aria-live]') && reason.textContent.trim());
            return field.getAttribute('aria-invalid') === 'true' && Boolean(told);";
        let is_told = self.browser.script(script, vec![]).await?;
        ensure!(is_told == json!(true), "{field} is not said to be missing");
        Ok(())
    }

    /// Waits until the focus is on the heading of the page.
    async fn has_heading(&self) -> Result<()> {
        self.has_focus_on("main h1").await
    }

    async fn has_focus_on(&self, place: &str) -> Result<()> {
        let script = "
            const focused = document.activeElement;
            return focused?.matches(arguments[0]) ? '' : String(focused?.outerHTML.slice(0, 200));";
        wait::until(
            format!("{place} to have the focus"),
            wait::PATIENCE,
            async || match self.browser.script(script, vec![json!(place)]).await? {
                place if place == json!("") => Ok(Some(())),
                place => bail!("the focus is on {place}"),
            },
        )
        .await
    }

    /// Whether the screen hinders nobody; with a picture, for people to judge.
    async fn look(&self, screen: &str) -> Result<()> {
        if !self.seen.borrow_mut().insert(screen.to_owned()) {
            return Ok(());
        }
        let hand = if self.hand == Hand::Keys { "keys" } else { "touch" };
        let picture = format!("newcomer-{screen}-{hand}-{}", self.words.language);
        self.browser.picture(&picture).await?;
        let Some(script) = &self.axe else { return Ok(()) };
        let problems = axe::grave_problems(self.browser, script).await?;
        ensure!(problems.is_empty(), "{screen}, {}: {problems:?}", self.words.language);
        Ok(())
    }
}

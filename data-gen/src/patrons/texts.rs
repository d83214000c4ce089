//! Posts and comments: bodies in 15 languages, of several lines, with quotes and emojis, spelt in UTF-8 or in `\u`.

use std::collections::BTreeMap;

use super::json::{self, Layout};
use super::users;
use crate::blocks::Rows;
use crate::calendar;
use crate::random::Random;

/// What posts and comments are told apart by.
pub(super) const POST: u32 = 0x6002;
const COMMENT: u32 = 0x6003;
/// What posts may be.
pub(super) const TYPES: [&str; 4] = ["announcement", "art", "poll", "progress"];
/// 2020-06-01, and the 30 months from then on.
const FIRST_DAY: u32 = 18_414;
const N_DAYS: u32 = 913;
/// Of so many one has no date.
const NO_DATE_IN: u32 = 64;

/// A file of them.
#[derive(Debug)]
pub(super) struct Texts {
    pub(super) layout: Layout,
    /// Comments have users and posts; posts have types.
    pub(super) are_comments: bool,
    pub(super) n_rows: u64,
    pub(super) n_users: u64,
    pub(super) n_posts: u64,
}

/// Counts over some of them.
#[derive(Debug, Default)]
pub(super) struct Tally {
    pub(super) rows: u64,
    pub(super) body_code_points: u64,
    pub(super) missing_created_at: u64,
    /// By month, as `YYYY-MM-01`, and type.
    pub(super) months: BTreeMap<(String, &'static str), u64>,
    /// By user.
    pub(super) users: BTreeMap<u64, u64>,
}

impl Rows for Texts {
    type Tally = Tally;

    fn tally(&self) -> Tally {
        Tally::default()
    }

    fn merge(&self, into: &mut Tally, from: Tally) {
        into.rows += from.rows;
        into.body_code_points += from.body_code_points;
        into.missing_created_at += from.missing_created_at;
        from.months.into_iter().for_each(|(month, n)| *into.months.entry(month).or_default() += n);
        from.users.into_iter().for_each(|(user, n)| *into.users.entry(user).or_default() += n);
    }

    fn header(&self, _: &mut Vec<u8>) {}

    fn footer(&self, out: &mut Vec<u8>) {
        self.layout.footer(self.n_rows, out);
    }

    fn row(&self, number: u64, random: &mut Random, out: &mut Vec<u8>, tally: &mut Tally) {
        self.layout.begin(number, out);
        out.push(b'{');
        json::oid(out, "_id", if self.are_comments { COMMENT } else { POST }, number);
        let kind = if self.are_comments {
            out.push(b',');
            json::oid(out, "post_id", POST, below(random, self.n_posts));
            out.push(b',');
            let user = below(random, self.n_users);
            json::oid(out, "user_id", users::KIND, user);
            *tally.users.entry(user).or_default() += 1;
            "comments"
        } else {
            let kind = random.choose(&TYPES);
            out.extend_from_slice(format!(",\"type\":\"{kind}\"").as_bytes());
            kind
        };
        let (language, phrases) = random.choose(&LANGUAGES);
        out.extend_from_slice(format!(",\"language\":\"{language}\",\"body\":").as_bytes());
        let body = body(phrases, random);
        json::string(out, &body, random.one_in(3));
        // More of everything as time goes by.
        let day = FIRST_DAY + random.below(N_DAYS).max(random.below(N_DAYS));
        if random.one_in(NO_DATE_IN) {
            tally.missing_created_at += 1;
        } else {
            out.push(b',');
            let within = u64::from(random.below(86_400_000));
            json::date(out, "created_at", u64::from(day) * 86_400_000 + within, random);
            *tally.months.entry((month(day), kind)).or_default() += 1;
        }
        out.push(b'}');
        self.layout.end(out);
        tally.rows += 1;
        tally.body_code_points += body.chars().count() as u64;
    }
}

/// The first of the month that `day` is in.
pub(super) fn month(day: u32) -> String {
    let date = calendar::civil(day);
    format!("{:04}-{:02}-01", date.year, date.month)
}

/// A number below `n`, which may need more than 32 bits; 0 below 0.
pub(super) fn below(random: &mut Random, n: u64) -> u64 {
    random.bits() % n.max(1)
}

/// One to eight phrases.
fn body(phrases: &str, random: &mut Random) -> String {
    let phrases: Vec<&str> = phrases.split('|').collect();
    let mut body = String::new();
    for i in 0..random.between(1, 8) {
        if i > 0 {
            body.push_str(random.choose(&[" ", " ", ", ", "\n", " – ", "\t", "\\o/ "]));
        }
        body.push_str(random.choose(&phrases));
    }
    if random.one_in(3) {
        body.push_str(random.choose(&[" 🙏", " \"❤️\"", " 👨‍👩‍👧‍👦", " 🏴󠁧󠁢󠁥󠁮󠁧󠁿!", " 😂😂"]));
    }
    body
}

const LANGUAGES: [(&str, &str); 15] = [
    ("en", "thank you all|a new chapter|is out now|read it, please|\"soon\"|what do you think"),
    ("de", "vielen Dank|das nächste Kapitel|für euch|schöne Grüße|süß"),
    ("fr", "merci à tous|la suite|bientôt|ça avance|où en êtes-vous"),
    ("es", "gracias a todos|¿qué tal?|mañana|el próximo capítulo"),
    ("pt", "obrigado|amanhã|não percam|a próxima votação"),
    ("it", "grazie mille|perché no|la città|è uscito"),
    ("pl", "dziękuję|następny rozdział|źródło|żółty"),
    ("tr", "teşekkürler|yeni bölüm|çok güzel|ığdır"),
    ("ru", "спасибо|новая глава|скоро|как вам"),
    ("el", "ευχαριστώ|νέο κεφάλαιο|σύντομα"),
    ("ar", "شكرا لكم|الفصل الجديد|قريبا"),
    ("hi", "धन्यवाद|नया अध्याय|जल्द ही"),
    ("ja", "ありがとう|新しい章|もうすぐ|投票してね"),
    ("ko", "감사합니다|새로운 장|곧"),
    ("zh", "谢谢大家|新章节|即将推出|𠮷祥"),
];

//! User numbers in, names out: as many different ones as wanted, up to 2²⁴.
//!
//! A name spells its number: six bits choose a first name, six a last name, the other twelve are a number at the end. So names differ
//! without a table to look them up in; each has 15 characters or so, of `[A-Za-z0-9_]`, so that it can be mentioned.

use crate::random::{low32, mix};

/// The names of users `0..len()`, back to back.
#[derive(Debug)]
pub(crate) struct Users {
    bytes: Vec<u8>,
    /// Where each name ends.
    ends: Vec<u32>,
}

/// How many users there can be.
pub(crate) const MOST_USERS: u32 = 1 << 24;

impl Users {
    /// The first `n` names, `n` at most [`MOST_USERS`].
    pub(crate) fn new(n: u32) -> Users {
        let mut users = Users { bytes: Vec::new(), ends: Vec::with_capacity(n as usize) };
        for number in 0..n {
            users.bytes.extend_from_slice(name(number).as_bytes());
            users.ends.push(low32(users.bytes.len() as u64));
        }
        users
    }

    /// How many there are.
    pub(crate) fn len(&self) -> u32 {
        low32(self.ends.len() as u64)
    }

    /// The name of user `number`.
    #[inline]
    pub(crate) fn name(&self, number: u32) -> &[u8] {
        let number = number as usize;
        let start = if number == 0 { 0 } else { self.ends[number - 1] };
        &self.bytes[start as usize..self.ends[number] as usize]
    }
}

/// The name of user `number`; different for different numbers below [`MOST_USERS`].
fn name(number: u32) -> String {
    // An odd factor permutes the numbers below 2²⁴, so that neighbours do not share their names.
    let code = number.wrapping_mul(0x009e_3779).wrapping_add(0x0051_7cc1) % MOST_USERS;
    let first = FIRST[(code % 64) as usize];
    let last = LAST[(code / 64 % 64) as usize];
    let digits = match code / 4096 {
        0 => String::new(),
        n => n.to_string(),
    };
    match mix(u64::from(number)) % 4 {
        0 => format!("{first}{last}{digits}"),
        1 => format!("{}_{}{digits}", first.to_lowercase(), last.to_lowercase()),
        2 => format!("{first}_{last}{digits}"),
        _ => format!("_{first}{last}{digits}"),
    }
}

const FIRST: [&str; 64] = [
    "Aman", "Anil", "Arjun", "Asha", "Balbir", "Bhanu", "Chand", "Daya", "Deep", "Dev", "Esha", "Farah", "Gagan",
    "Gita", "Guri", "Harj", "Hema", "Inder", "Isha", "Jas", "Jaya", "Jot", "Kamal", "Karan", "Kiran", "Kuldip", "Lata",
    "Mani", "Maya", "Meena", "Mohan", "Naina", "Navi", "Neha", "Nisha", "Om", "Param", "Pavan", "Pooja", "Prem",
    "Priya", "Raj", "Ravi", "Rita", "Rohan", "Roop", "Sahil", "Sara", "Simran", "Sita", "Sona", "Sukh", "Tara", "Tej",
    "Uma", "Usha", "Veer", "Vijay", "Vikas", "Yash", "Zara", "Anna", "John", "Mia",
];

const LAST: [&str; 64] = [
    "Ahuja", "Bains", "Bajwa", "Batra", "Bedi", "Bhatt", "Brar", "Chahal", "Das", "Dhaliwal", "Dhillon", "Dua",
    "Gandhi", "Garg", "Gill", "Grewal", "Gupta", "Iyer", "Jain", "Jha", "Joshi", "Kahlon", "Kang", "Kapoor", "Kaur",
    "Khan", "Khanna", "Kohli", "Kumar", "Lal", "Mann", "Mehta", "Menon", "Mishra", "Nair", "Nanda", "Negi", "Oberoi",
    "Pal", "Patel", "Puri", "Rai", "Rana", "Rao", "Reddy", "Roy", "Saini", "Sandhu", "Sethi", "Shah", "Sharma",
    "Sidhu", "Singh", "Sood", "Suri", "Thakur", "Toor", "Uppal", "Verma", "Virk", "Vora", "Walia", "Yadav", "Smith",
];

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn no_two_users_share_a_name_and_every_name_can_be_mentioned() {
        let users = Users::new(300_000);
        let mut seen = HashSet::new();
        for number in 0..users.len() {
            let name = users.name(number);
            assert!(name.iter().all(|b| b.is_ascii_alphanumeric() || *b == b'_'));
            assert!(seen.insert(name), "{}", String::from_utf8_lossy(name));
        }
    }
}

//! What tweets are made of besides emojis and names: words of many scripts, hashtags, links.
//!
//! Phrases rather than words, to copy more bytes at a time. No phrase holds an emoji, an `@`, a quote or a line end; that is what the
//! truth leans on, and the test below holds.

/// Phrases of one language, and how often in 64 it is spoken.
#[derive(Debug)]
pub(crate) struct Language {
    /// Of 64 tweets, this many.
    pub(crate) share: u32,
    /// At most this many phrases a tweet.
    pub(crate) longest: u32,
    /// The phrases, separated by `|`.
    phrases: &'static str,
}

impl Language {
    /// The phrases, one by one.
    pub(crate) fn phrases(&self) -> Vec<&'static str> {
        self.phrases.split('|').collect()
    }
}

/// The languages; their shares add up to 64.
pub(crate) const LANGUAGES: [Language; 9] = [
    Language {
        share: 42,
        longest: 13,
        phrases: "the farmers|of India|are still|at the border|we stand with|and their families|for the nation|in Delhi|today|this is|not about politics|it's about|the right to protest|peacefully|please share|the government|must repeal|all three laws|we will not|go back|until|justice is done|more than 200 days|in the cold|no farmers no food|watch this|breaking|thousands of|tractors|on the road|from Punjab|and Haryana|to the capital|they feed us|so we must|support them|the whole world|is watching|when will|the media|tell the truth|I don't think|that it was|a good idea|but|here we are|again|thank you|for your voice|who|would have thought|let's trend|our elders|sit in tents|with us|solidarity|from Canada|and the UK|MSP is a right|corporates|own everything|internet is down|near Singhu|Tikri|and Ghazipur|stay strong|stay safe|be kind|speak up|one year|later|he said|she said|that|if you eat today|thank a farmer|it will rain|tomorrow|price of wheat|per quintal|Rs 1,975|5% only|the court|has asked|a committee|of experts|read the thread|part 1 of 3|via the news|good morning|everyone|what a day|history is made|by the people|and nobody else|at all|really|lol|yes|no|why|because|of course",
    },
    Language {
        share: 8,
        longest: 7,
        phrases: "किसान|आंदोलन|जय जवान जय किसान|हम साथ हैं|दिल्ली की सीमा पर|काले कानून|वापस लो|सरकार|को सुनना होगा|देश के अन्नदाता|सड़क पर|बैठे हैं|ठंड में|यह लड़ाई|हमारे हक़ की है|और|नहीं|झुकेंगे|सत्य की जीत|होगी|मोदी जी|सुनिए|आज|कल|हर घर से|एक मुट्ठी|अनाज|मीडिया|बिक गया|क्‍षमा|धन्यवाद|राम राम",
    },
    Language {
        share: 7,
        longest: 7,
        phrases: "ਕਿਸਾਨ|ਮਜ਼ਦੂਰ ਏਕਤਾ|ਜ਼ਿੰਦਾਬਾਦ|ਅਸੀਂ|ਜਿੱਤਾਂਗੇ|ਪੰਜਾਬ|ਦੇ ਲੋਕ|ਦਿੱਲੀ|ਵਿੱਚ|ਬੈਠੇ ਹਨ|ਕਾਲੇ ਕਾਨੂੰਨ|ਰੱਦ ਕਰੋ|ਵਾਹਿਗੁਰੂ|ਮਿਹਰ ਕਰੇ|ਸਾਡਾ ਹੱਕ|ਇੱਥੇ ਰੱਖ|ਸਤਿ ਸ੍ਰੀ ਅਕਾਲ|ਟਰੈਕਟਰ|ਮੋਰਚਾ|ਫ਼ਤਿਹ|ਬਜ਼ੁਰਗ|ਅਤੇ ਬੱਚੇ",
    },
    Language {
        share: 1,
        longest: 4,
        phrases: "விவசாயிகள்|போராட்டம்|நாங்கள்|உங்களுடன்|இருக்கிறோம்|தமிழ்நாடு|மக்கள்|நீதி|வேண்டும்|இன்று|உழவர்|நன்றி",
    },
    Language {
        share: 1, longest: 4, phrases: "రైతు|ఉద్యమం|మేము|మీతో|ఉన్నాము|న్యాయం|కావాలి|ఆంధ్ర|తెలంగాణ|ప్రజలు|ధన్యవాదాలు"
    },
    Language {
        share: 1, longest: 4, phrases: "কৃষক|আন্দোলন|আমরা|সঙ্গে আছি|বাংলা|মানুষ|ন্যায়|চাই|আজ|সবাই|ধন্যবাদ"
    },
    Language {
        share: 1, longest: 4, phrases: "ખેડૂત|આંદોલન|અમે|સાથે છીએ|ગુજરાત|ન્યાય|જોઈએ|આજે|બધા|આભાર"
    },
    Language {
        share: 2,
        longest: 7,
        phrases: "کسان|احتجاج|ہم ساتھ ہیں|انصاف|چاہیے|پنجاب|کے لوگ|سلام|شکریہ|زندہ باد|آج|حق",
    },
    Language {
        share: 1,
        longest: 8,
        phrases: "los agricultores|de la India|están en huelga|por sus derechos|¡basta ya!|¿por qué?|El niño|comió piña|São Paulo|naïve café|für die Bauern|Grüße aus Köln",
    },
];

/// Hashtags; `#` makes no keycap of what follows.
pub(crate) const HASHTAGS: &str = "#FarmersProtest #FarmersProtest #FarmersProtest #FarmersProtest #IStandWithFarmers #ModiIgnoringFarmersDeaths \
    #SpeakUpForFarmers #किसान_एकता_मोर्चा #KisanEktaMorcha #FarmersMakeIndia #NoFarmersNoFood #DelhiChalo #MSP4All #1Year #TractorRally";

/// What stands between two phrases: mostly a blank.
pub(crate) const SEPARATORS: [&str; 16] =
    [" ", " ", " ", " ", " ", " ", " ", " ", " ", ", ", ", ", ". ", "! ", " - ", "; ", "... "];

/// Bits that only look like something to count: lone regional indicators, joiners, selectors, digits before a selector, `@` with no
/// name, text that another script would take for an emoji.
pub(crate) const DECOYS: [&str; 14] =
    ["🇮", "🇮 🇳", "a\u{fe0f}", "x\u{200d}y", "\u{200d}", "7\u{fe0e}", "* 3", "#", "→", "✓", "★", "₹500", "(c)", "|~|\t"];

/// Words of the published mock generator's kind.
pub(crate) const LOREM: &str = "lorem ipsum dolor sit amet consectetur adipiscing elit sed do eiusmod tempor incididunt ut labore et dolore \
    magna aliqua enim ad minim veniam quis nostrud exercitation ullamco laboris nisi aliquip ex ea commodo consequat duis aute irure in \
    reprehenderit voluptate velit esse cillum fugiat nulla pariatur excepteur sint occaecat cupidatat non proident sunt culpa qui \
    officia deserunt mollit anim id est laborum";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_phrase_holds_what_is_counted_or_quoted() {
        let all = LANGUAGES
            .iter()
            .flat_map(Language::phrases)
            .chain(SEPARATORS)
            .chain(HASHTAGS.split(' '))
            .chain(LOREM.split(' '));
        for phrase in all {
            assert!(!phrase.contains(['@', '"', '\n', '\r']), "{phrase}");
            for c in phrase.chars().filter(|c| !c.is_ascii()) {
                assert!(::emojis::get(c.encode_utf8(&mut [0; 4])).is_none(), "{phrase}");
            }
        }
        assert_eq!(LANGUAGES.iter().map(|language| language.share).sum::<u32>(), 64);
    }
}

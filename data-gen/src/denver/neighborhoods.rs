//! Denver's statistical neighbourhoods, as the calls and as the accidents spell them.

/// As the calls name them.
pub(super) const NEIGHBORHOODS: [&str; 78] = [
    "Athmar Park",
    "Auraria",
    "Baker",
    "Barnum",
    "Barnum West",
    "Bear Valley",
    "Belcaro",
    "Berkeley",
    "Capitol Hill",
    "CBD",
    "Central Park",
    "Chaffee Park",
    "Cheesman Park",
    "Cherry Creek",
    "City Park",
    "City Park West",
    "Civic Center",
    "Clayton",
    "Cole",
    "College View - South Platte",
    "Congress Park",
    "Cory - Merrill",
    "Country Club",
    "DIA",
    "East Colfax",
    "Elyria Swansea",
    "Five Points",
    "Fort Logan",
    "Gateway / Green Valley Ranch",
    "Globeville",
    "Goldsmith",
    "Hale",
    "Hampden",
    "Hampden South",
    "Harvey Park",
    "Harvey Park South",
    "Highland",
    "Hilltop",
    "Indian Creek",
    "Jefferson Park",
    "Kennedy",
    "Lincoln Park",
    "Lowry Field",
    "Mar Lee",
    "Marston",
    "Montbello",
    "Montclair",
    "North Capitol Hill",
    "North Park Hill",
    "Northeast Park Hill",
    "Overland",
    "Platt Park",
    "Regis",
    "Rosedale",
    "Ruby Hill",
    "Skyland",
    "Sloan Lake",
    "South Park Hill",
    "Southmoor Park",
    "Speer",
    "Sun Valley",
    "Sunnyside",
    "Union Station",
    "University",
    "University Hills",
    "University Park",
    "Valverde",
    "Villa Park",
    "Virginia Village",
    "Washington Park",
    "Washington Park West",
    "Washington Virginia Vale",
    "Wellshire",
    "West Colfax",
    "West Highland",
    "Westwood",
    "Whittier",
    "Windsor",
];

/// As the accidents do: lower-case, every run of other characters than letters and digits a hyphen.
pub(super) fn id(name: &str) -> String {
    let parts = name.split(|c: char| !c.is_ascii_alphanumeric()).filter(|part| !part.is_empty());
    parts.map(str::to_ascii_lowercase).collect::<Vec<_>>().join("-")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_names_with_hyphens() {
        assert_eq!(id("Gateway / Green Valley Ranch"), "gateway-green-valley-ranch");
        assert_eq!(id("CBD"), "cbd");
        let ids: std::collections::HashSet<String> = NEIGHBORHOODS.map(id).into();
        assert_eq!(ids.len(), NEIGHBORHOODS.len());
    }
}

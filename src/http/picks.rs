//! Names that a request may use for offers and units: no plan has longer ones, so a longer one is refused before
//! anybody looks for it or keeps it.

use super::code::Code;
use super::problem::Problem;
use crate::domain::settings::{PIECES_PER_HOLD_MAX, PIECES_PER_HOLD_OF_KEYS_MAX};
use crate::domain::{Caller, Pick};

/// As long as a name of ours can be.
const NAME_LEN_MAX: usize = 200;

/// Refuses a list at this place of the body that names what cannot be.
pub(super) fn named<'a>(
    names: impl Iterator<Item = &'a str>,
    place: impl Fn(usize) -> String,
) -> Result<(), Problem> {
    for (index, name) in names.enumerate() {
        // The first comparison is for the many, who send short ones.
        if name.len() > NAME_LEN_MAX && name.chars().nth(NAME_LEN_MAX).is_some() {
            return Err(Problem::at(Code::InvalidField, place(index), "has more than 200 characters"));
        }
    }
    Ok(())
}

/// The same for a list of picks, such as `/offers`.
pub(super) fn picked(list: &[Pick], at: &str) -> Result<(), Problem> {
    named(list.iter().map(|pick| pick.offer.as_str()), |index| format!("{at}/{index}/offer"))
}

/// The same, with no more entries than a hold of this caller may have pieces; how many it really has, the settings say.
pub(super) fn picked_by(caller: &Caller, list: &[Pick], at: &str) -> Result<(), Problem> {
    let max = match caller {
        Caller::Key(_) => PIECES_PER_HOLD_OF_KEYS_MAX,
        _ => PIECES_PER_HOLD_MAX,
    };
    if list.len() > max as usize {
        return Err(Problem::new(Code::TooManyPieces).limit("offers", u64::from(max)));
    }
    picked(list, at)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_has_two_hundred_characters_at_most_of_any_width() {
        let of = |name: &str| named([name].into_iter(), |index| format!("/{index}")).map_err(|no| no.code());
        assert_eq!(of(&"한".repeat(200)), Ok(()));
        assert_eq!(of(&"한".repeat(201)), Err(Code::InvalidField));
        assert_eq!(of(&"a".repeat(201)), Err(Code::InvalidField));
        assert_eq!(of(""), Ok(()));
    }
}

//! Which knowledge decides a month: the law as it was known when the bill was made, or, where the
//! pack applies late values from their publication on, as it was known when the month began.

use units::{Date, Month};

use crate::collection::AdjustmentRule;
use crate::dated::{Dated, NotEncoded, Timeline};
use crate::pack::Pack;

impl Pack {
    /// The value of a month: that of its first day, as it is known on a day.
    ///
    /// Under `from_publication_on` a value published in September, valid from January, decides
    /// October and later months only, whenever a month is assessed.
    pub(super) fn value_of<'a, T>(
        &self,
        timeline: &'a Timeline<T>,
        (month, known_on): (Month, Date),
    ) -> Result<&'a Dated<T>, NotEncoded> {
        let first_day = month.first_day();
        let rule = self.topics().adjustment.on(first_day, known_on);
        if rule.is_ok_and(|rule| rule.value == AdjustmentRule::FromPublicationOn) {
            return timeline.when_begun(first_day, known_on);
        }
        timeline.on(first_day, known_on)
    }
}

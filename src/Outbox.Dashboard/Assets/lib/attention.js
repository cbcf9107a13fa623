// What needs attention: what the overview says, and that its totals are no longer kept.

/** Whether the totals of tasks are those of some time ago: no process adds up, and more has changed since than a reading adds. */
export const areOld = ({ areCurrent, accepted }) => !areCurrent && accepted > 0;

export const oldTotals = 'as last counted, some time ago';

export const attentionOf = ({ attention, totals }) =>
  areOld(totals)
    ? [
        ...attention,
        {
          code: 'TotalsOld',
          severity: 'Warning',
          message:
            'No process adds up the tasks, so their numbers by state, and the balance, are those of some time ago. Look whether a worker runs and can write to the database.',
          page: 'workers',
        },
      ]
    : attention;

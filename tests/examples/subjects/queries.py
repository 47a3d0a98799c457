"""Queries in `.sql` files that train, answer and measure."""

from tests.examples.edit import CONTRACTS, PROBES
from tests.examples.subjects.edit import Edit, Subject

PREDICT, EVALUATE, DAYS = "sql/predict.sql", "sql/evaluate.sql", "sql/days.sql"

QUERIES = Subject(
    3,
    "SQL",
    "queries",
    "Visits",
    (
        Edit(
            "one expression does the work of two",
            PREDICT,
            """\
    SELECT rows.visit, rows.customer, country, coalesce(minutes, 9) AS stayed
    FROM rows LEFT JOIN customers USING (customer)
),
long AS (
    SELECT * FROM known WHERE stayed >= 5
)
""",
            """\
    SELECT *, coalesce(minutes, 9) AS stayed FROM rows
),
long AS (
    SELECT visit, customer, (SELECT country FROM customers AS c WHERE c.customer = known.customer) AS country, stayed
    FROM known WHERE NOT stayed < 5
)
""",
        ),
        Edit(
            "errors are measured without an expression",
            EVALUATE,
            """\
WITH errors AS (
    SELECT abs(test.spent - answers.spent) AS off
    FROM test JOIN answers USING (visit)
)
SELECT avg(off) AS mae, count(*) AS rows
FROM errors
""",
            """\
SELECT avg(greatest(answers.spent - test.spent, test.spent - answers.spent)) AS mae, count(answers.visit) AS rows
FROM answers, test
WHERE answers.visit = test.visit
""",
        ),
        Edit(
            "who is new is left out",
            PREDICT,
            "FROM rows LEFT JOIN customers",
            "FROM rows JOIN customers",
            stage="predict",
            names="inside: predict known.visit",
            edited=PREDICT,
        ),
        Edit(
            "the sign of an error counts",
            EVALUATE,
            "abs(test.spent - answers.spent)",
            "test.spent - answers.spent",
            stage="evaluate",
            names="inside: evaluate errors.off",
        ),
        Edit(
            "a visit of unknown length was none",
            PREDICT,
            "coalesce(minutes, 9)",
            "coalesce(minutes, 0)",
            stage="predict",
            names="missing minutes",
            only=PROBES,
        ),
        Edit(
            "days are counted anew, and their file is not made",
            DAYS,
            "count(*)",
            "count(*) + 1",
            stage="contracts",
            names="data/days.csv",
            only=CONTRACTS,
        ),
    ),
)

WITH errors AS (
    SELECT abs(test.spent - answers.spent) AS off
    FROM test JOIN answers USING (visit)
)
SELECT avg(off) AS mae, count(*) AS rows
FROM errors

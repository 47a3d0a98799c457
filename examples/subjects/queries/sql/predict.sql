WITH known AS (
    SELECT rows.visit, rows.customer, country, coalesce(minutes, 9) AS stayed
    FROM rows LEFT JOIN customers USING (customer)
),
long AS (
    SELECT * FROM known WHERE stayed >= 5
)
SELECT visit, coalesce(country, '-') AS country, stayed * rate AS spent
FROM long JOIN model USING (customer)

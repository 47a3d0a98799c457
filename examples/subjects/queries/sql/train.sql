SELECT customer, avg(spent / minutes) AS rate
FROM train
GROUP BY customer

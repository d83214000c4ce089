-- What `compare.py` asks both engines; see there for how a text is written.

-- [scalar plus]
SELECT id, units + price AS v FROM sales ORDER BY id

-- [scalar minus]
SELECT id, units - price AS v FROM sales ORDER BY id

-- [scalar times]
SELECT id, units * price AS v FROM sales ORDER BY id

-- [scalar negate]
SELECT id, -units AS v FROM sales ORDER BY id

-- [scalar divide]
SELECT id, units / 4 AS v FROM sales ORDER BY id

-- [scalar divide by zero]
-- differs: a number divided by 0 is NULL, not infinite
SELECT id, units / 0 AS v FROM sales ORDER BY id

-- [scalar integer divide]
SELECT id, units // 2 AS v FROM sales ORDER BY id

-- [scalar remainder]
SELECT id, units % 3 AS v FROM sales ORDER BY id

-- [scalar mixed precedence]
SELECT id, units + 2 * price - 1 AS v FROM sales ORDER BY id

-- [scalar abs]
SELECT id, abs(units) AS v FROM sales ORDER BY id

-- [scalar round]
SELECT id, round(price) AS v FROM sales ORDER BY id

-- [scalar round places]
SELECT id, round(price, 1) AS v FROM sales ORDER BY id

-- [scalar round negative places]
SELECT id, round(price, -1) AS v FROM sales ORDER BY id

-- [scalar ceil]
SELECT id, ceil(price) AS v FROM sales ORDER BY id

-- [scalar floor]
SELECT id, floor(price) AS v FROM sales ORDER BY id

-- [scalar greatest]
SELECT id, greatest(units, 4) AS v FROM sales ORDER BY id

-- [scalar least]
SELECT id, least(units, 4) AS v FROM sales ORDER BY id

-- [scalar coalesce]
SELECT id, coalesce(units, -99) AS v FROM sales ORDER BY id

-- [scalar nullif]
SELECT id, nullif(units, 0) AS v FROM sales ORDER BY id

-- [scalar case searched]
SELECT id, CASE WHEN units > 5 THEN 'many' WHEN units > 0 THEN 'some' ELSE 'none' END AS v FROM sales ORDER BY id

-- [scalar case simple]
SELECT id, CASE region WHEN 'north' THEN 1 WHEN 'south' THEN 2 END AS v FROM sales ORDER BY id

-- [scalar lower]
SELECT id, lower(product) AS v FROM sales ORDER BY id

-- [scalar upper]
SELECT id, upper(product) AS v FROM sales ORDER BY id

-- [scalar length]
SELECT id, length(note) AS v FROM sales ORDER BY id

-- [scalar substr]
SELECT id, substr(note, 2, 3) AS v FROM sales ORDER BY id

-- [scalar substr one]
SELECT id, substr(note, 3) AS v FROM sales ORDER BY id

-- [scalar trim]
SELECT id, trim(note) AS v FROM sales ORDER BY id

-- [scalar ltrim]
SELECT id, ltrim(note) AS v FROM sales ORDER BY id

-- [scalar rtrim]
SELECT id, rtrim(note) AS v FROM sales ORDER BY id

-- [scalar replace]
SELECT id, replace(note, 'a', 'AA') AS v FROM sales ORDER BY id

-- [scalar concat operator]
SELECT id, region || '-' || product AS v FROM sales ORDER BY id

-- [scalar concat]
SELECT id, concat(region, '-', product) AS v FROM sales ORDER BY id

-- [scalar strpos]
SELECT id, strpos(note, 'a') AS v FROM sales ORDER BY id

-- [scalar position]
SELECT id, position('e' IN note) AS v FROM sales ORDER BY id

-- [scalar starts with]
SELECT id, starts_with(product, 'a') AS v FROM sales ORDER BY id

-- [scalar ends with]
SELECT id, ends_with(product, 'e') AS v FROM sales ORDER BY id

-- [scalar contains]
SELECT id, contains(note, 'a') AS v FROM sales ORDER BY id

-- [scalar left]
SELECT id, left(note, 2) AS v FROM sales ORDER BY id

-- [scalar right]
SELECT id, right(note, 2) AS v FROM sales ORDER BY id

-- [scalar reverse]
SELECT id, reverse(note) AS v FROM sales ORDER BY id

-- [scalar repeat]
SELECT id, repeat(product, 2) AS v FROM sales ORDER BY id

-- [scalar lpad]
SELECT id, lpad(product, 6, '*') AS v FROM sales ORDER BY id

-- [scalar rpad]
SELECT id, rpad(product, 6, '*') AS v FROM sales ORDER BY id

-- [scalar like]
SELECT id, note LIKE '%a%' AS v FROM sales ORDER BY id

-- [scalar like one]
SELECT id, product LIKE '_ig' AS v FROM sales ORDER BY id

-- [scalar like case]
SELECT id, product LIKE 'a%' AS v FROM sales ORDER BY id

-- [scalar ilike]
SELECT id, product ILIKE 'a%' AS v FROM sales ORDER BY id

-- [scalar not like]
SELECT id, note NOT LIKE '%a%' AS v FROM sales ORDER BY id

-- [scalar like escape]
SELECT id, note LIKE '%!%' ESCAPE '!' AS v FROM sales ORDER BY id

-- [scalar regexp matches]
SELECT id, regexp_matches(note, '[0-9]+') AS v FROM sales ORDER BY id

-- [scalar regexp extract]
SELECT id, regexp_extract(note, '([a-z]+),?', 1) AS v FROM sales ORDER BY id

-- [scalar regexp replace]
SELECT id, regexp_replace(note, '[aeiou]', '.') AS v FROM sales ORDER BY id

-- [scalar equal]
SELECT id, units = 3 AS v FROM sales ORDER BY id

-- [scalar not equal]
SELECT id, units <> 3 AS v FROM sales ORDER BY id

-- [scalar less]
SELECT id, price < 10.5 AS v FROM sales ORDER BY id

-- [scalar between]
SELECT id, units BETWEEN 2 AND 5 AS v FROM sales ORDER BY id

-- [scalar not between]
SELECT id, units NOT BETWEEN 2 AND 5 AS v FROM sales ORDER BY id

-- [scalar in]
SELECT id, region IN ('north', 'West') AS v FROM sales ORDER BY id

-- [scalar not in]
SELECT id, region NOT IN ('north', 'West') AS v FROM sales ORDER BY id

-- [scalar in with null]
SELECT id, region IN ('north', NULL) AS v FROM sales ORDER BY id

-- [scalar is null]
SELECT id, region IS NULL AS v FROM sales ORDER BY id

-- [scalar is not null]
SELECT id, region IS NOT NULL AS v FROM sales ORDER BY id

-- [scalar is distinct]
SELECT id, region IS DISTINCT FROM 'north' AS v FROM sales ORDER BY id

-- [scalar and]
SELECT id, units > 2 AND price > 5 AS v FROM sales ORDER BY id

-- [scalar or]
SELECT id, units > 2 OR price > 5 AS v FROM sales ORDER BY id

-- [scalar not]
SELECT id, NOT (units > 2) AS v FROM sales ORDER BY id

-- [scalar is true]
SELECT id, ok IS TRUE AS v FROM sales ORDER BY id

-- [scalar is not false]
SELECT id, ok IS NOT FALSE AS v FROM sales ORDER BY id

-- [scalar year]
SELECT id, extract(year FROM day) AS v FROM sales ORDER BY id

-- [scalar month]
SELECT id, extract(month FROM day) AS v FROM sales ORDER BY id

-- [scalar day]
SELECT id, extract(day FROM day) AS v FROM sales ORDER BY id

-- [scalar dow]
SELECT id, extract(dow FROM day) AS v FROM sales ORDER BY id

-- [scalar isodow]
SELECT id, extract(isodow FROM day) AS v FROM sales ORDER BY id

-- [scalar week]
SELECT id, extract(week FROM day) AS v FROM sales ORDER BY id

-- [scalar isoyear]
SELECT id, extract(isoyear FROM day) AS v FROM sales ORDER BY id

-- [scalar quarter]
SELECT id, extract(quarter FROM day) AS v FROM sales ORDER BY id

-- [scalar doy]
SELECT id, extract(doy FROM day) AS v FROM sales ORDER BY id

-- [scalar hour]
SELECT id, extract(hour FROM moment) AS v FROM sales ORDER BY id

-- [scalar minute]
SELECT id, extract(minute FROM moment) AS v FROM sales ORDER BY id

-- [scalar epoch]
SELECT id, extract(epoch FROM moment) AS v FROM sales ORDER BY id

-- [scalar trunc month]
-- differs: date_trunc of a date is a date, not a timestamp
SELECT id, date_trunc('month', day) AS v FROM sales ORDER BY id

-- [scalar trunc week]
-- differs: date_trunc of a date is a date, not a timestamp
SELECT id, date_trunc('week', day) AS v FROM sales ORDER BY id

-- [scalar trunc hour]
SELECT id, date_trunc('hour', moment) AS v FROM sales ORDER BY id

-- [scalar strftime]
SELECT id, strftime(day, '%Y/%m/%d') AS v FROM sales ORDER BY id

-- [scalar date of timestamp]
SELECT id, CAST(moment AS date) AS v FROM sales ORDER BY id

-- [scalar date plus days]
SELECT id, day + INTERVAL 3 DAY AS v FROM sales ORDER BY id

-- [scalar date plus month]
SELECT id, day + INTERVAL 1 MONTH AS v FROM sales ORDER BY id

-- [scalar timestamp minus hour]
SELECT id, moment - INTERVAL 1 HOUR AS v FROM sales ORDER BY id

-- [scalar day of date difference]
SELECT id, day - DATE '2024-01-01' AS v FROM sales ORDER BY id

-- [scalar date literal]
SELECT id, day >= DATE '2024-01-01' AS v FROM sales ORDER BY id

-- [scalar timestamp literal]
SELECT id, moment < TIMESTAMP '2024-01-01 12:00:00' AS v FROM sales ORDER BY id

-- [scalar last day]
SELECT id, last_day(day) AS v FROM sales ORDER BY id

-- [scalar cast number to text]
SELECT id, CAST(units AS varchar) AS v FROM sales ORDER BY id

-- [scalar cast text to number]
SELECT id, TRY_CAST(note AS integer) AS v FROM sales ORDER BY id

-- [scalar cast boolean]
SELECT id, CAST(ok AS varchar) AS v FROM sales ORDER BY id

-- [scalar sqrt]
SELECT id, sqrt(abs(units)) AS v FROM sales ORDER BY id

-- [scalar power]
SELECT id, power(units, 2) AS v FROM sales ORDER BY id

-- [scalar exp]
SELECT id, exp(units / 10) AS v FROM sales ORDER BY id

-- [scalar ln]
SELECT id, ln(abs(units) + 1) AS v FROM sales ORDER BY id

-- [scalar log10]
SELECT id, log10(abs(units) + 1) AS v FROM sales ORDER BY id

-- [scalar sign]
SELECT id, sign(units) AS v FROM sales ORDER BY id

-- [scalar mod]
SELECT id, mod(units, 4) AS v FROM sales ORDER BY id

-- [groups count star]
SELECT region, count(*) AS v FROM sales GROUP BY region ORDER BY region

-- [outer count star]
WITH s AS (SELECT * FROM sales) SELECT region, count(*) AS v FROM s GROUP BY region ORDER BY region

-- [groups count]
SELECT region, count(units) AS v FROM sales GROUP BY region ORDER BY region

-- [outer count]
WITH s AS (SELECT * FROM sales) SELECT region, count(units) AS v FROM s GROUP BY region ORDER BY region

-- [groups count distinct]
SELECT region, count(DISTINCT product) AS v FROM sales GROUP BY region ORDER BY region

-- [outer count distinct]
WITH s AS (SELECT * FROM sales) SELECT region, count(DISTINCT product) AS v FROM s GROUP BY region ORDER BY region

-- [groups sum]
SELECT region, sum(price) AS v FROM sales GROUP BY region ORDER BY region

-- [outer sum]
WITH s AS (SELECT * FROM sales) SELECT region, sum(price) AS v FROM s GROUP BY region ORDER BY region

-- [groups sum integers]
SELECT region, sum(units) AS v FROM sales GROUP BY region ORDER BY region

-- [outer sum integers]
WITH s AS (SELECT * FROM sales) SELECT region, sum(units) AS v FROM s GROUP BY region ORDER BY region

-- [groups avg]
SELECT region, avg(price) AS v FROM sales GROUP BY region ORDER BY region

-- [outer avg]
WITH s AS (SELECT * FROM sales) SELECT region, avg(price) AS v FROM s GROUP BY region ORDER BY region

-- [groups min]
SELECT region, min(price) AS v FROM sales GROUP BY region ORDER BY region

-- [outer min]
WITH s AS (SELECT * FROM sales) SELECT region, min(price) AS v FROM s GROUP BY region ORDER BY region

-- [groups max]
SELECT region, max(price) AS v FROM sales GROUP BY region ORDER BY region

-- [outer max]
WITH s AS (SELECT * FROM sales) SELECT region, max(price) AS v FROM s GROUP BY region ORDER BY region

-- [groups min text]
SELECT region, min(product) AS v FROM sales GROUP BY region ORDER BY region

-- [outer min text]
WITH s AS (SELECT * FROM sales) SELECT region, min(product) AS v FROM s GROUP BY region ORDER BY region

-- [groups max date]
SELECT region, max(day) AS v FROM sales GROUP BY region ORDER BY region

-- [outer max date]
WITH s AS (SELECT * FROM sales) SELECT region, max(day) AS v FROM s GROUP BY region ORDER BY region

-- [groups min timestamp]
SELECT region, min(moment) AS v FROM sales GROUP BY region ORDER BY region

-- [outer min timestamp]
WITH s AS (SELECT * FROM sales) SELECT region, min(moment) AS v FROM s GROUP BY region ORDER BY region

-- [groups stddev]
SELECT region, stddev_samp(price) AS v FROM sales GROUP BY region ORDER BY region

-- [outer stddev]
WITH s AS (SELECT * FROM sales) SELECT region, stddev_samp(price) AS v FROM s GROUP BY region ORDER BY region

-- [groups stddev pop]
SELECT region, stddev_pop(price) AS v FROM sales GROUP BY region ORDER BY region

-- [outer stddev pop]
WITH s AS (SELECT * FROM sales) SELECT region, stddev_pop(price) AS v FROM s GROUP BY region ORDER BY region

-- [groups variance]
SELECT region, var_samp(price) AS v FROM sales GROUP BY region ORDER BY region

-- [outer variance]
WITH s AS (SELECT * FROM sales) SELECT region, var_samp(price) AS v FROM s GROUP BY region ORDER BY region

-- [groups var pop]
SELECT region, var_pop(price) AS v FROM sales GROUP BY region ORDER BY region

-- [outer var pop]
WITH s AS (SELECT * FROM sales) SELECT region, var_pop(price) AS v FROM s GROUP BY region ORDER BY region

-- [groups corr]
SELECT region, corr(units, price) AS v FROM sales GROUP BY region ORDER BY region

-- [outer corr]
WITH s AS (SELECT * FROM sales) SELECT region, corr(units, price) AS v FROM s GROUP BY region ORDER BY region

-- [groups covar]
SELECT region, covar_samp(units, price) AS v FROM sales GROUP BY region ORDER BY region

-- [outer covar]
WITH s AS (SELECT * FROM sales) SELECT region, covar_samp(units, price) AS v FROM s GROUP BY region ORDER BY region

-- [groups covar pop]
SELECT region, covar_pop(units, price) AS v FROM sales GROUP BY region ORDER BY region

-- [outer covar pop]
WITH s AS (SELECT * FROM sales) SELECT region, covar_pop(units, price) AS v FROM s GROUP BY region ORDER BY region

-- [groups regr slope]
SELECT region, regr_slope(price, units) AS v FROM sales GROUP BY region ORDER BY region

-- [outer regr slope]
WITH s AS (SELECT * FROM sales) SELECT region, regr_slope(price, units) AS v FROM s GROUP BY region ORDER BY region

-- [groups regr intercept]
SELECT region, regr_intercept(price, units) AS v FROM sales GROUP BY region ORDER BY region

-- [outer regr intercept]
WITH s AS (SELECT * FROM sales) SELECT region, regr_intercept(price, units) AS v FROM s GROUP BY region ORDER BY region

-- [groups regr r2]
SELECT region, regr_r2(price, units) AS v FROM sales GROUP BY region ORDER BY region

-- [outer regr r2]
WITH s AS (SELECT * FROM sales) SELECT region, regr_r2(price, units) AS v FROM s GROUP BY region ORDER BY region

-- [groups median]
SELECT region, median(price) AS v FROM sales GROUP BY region ORDER BY region

-- [outer median]
WITH s AS (SELECT * FROM sales) SELECT region, median(price) AS v FROM s GROUP BY region ORDER BY region

-- [groups quantile]
-- differs: a quantile between two decimals is a real, not a decimal cut to four digits
SELECT region, quantile_cont(price, 0.9) AS v FROM sales GROUP BY region ORDER BY region

-- [outer quantile]
-- differs: a quantile between two decimals is a real, not a decimal cut to four digits
WITH s AS (SELECT * FROM sales) SELECT region, quantile_cont(price, 0.9) AS v FROM s GROUP BY region ORDER BY region

-- [groups bool and]
SELECT region, bool_and(ok) AS v FROM sales GROUP BY region ORDER BY region

-- [outer bool and]
WITH s AS (SELECT * FROM sales) SELECT region, bool_and(ok) AS v FROM s GROUP BY region ORDER BY region

-- [groups bool or]
SELECT region, bool_or(ok) AS v FROM sales GROUP BY region ORDER BY region

-- [outer bool or]
WITH s AS (SELECT * FROM sales) SELECT region, bool_or(ok) AS v FROM s GROUP BY region ORDER BY region

-- [groups string agg]
SELECT region, string_agg(product, '|' ORDER BY product) AS v FROM sales GROUP BY region ORDER BY region

-- [outer string agg]
WITH s AS (SELECT * FROM sales) SELECT region, string_agg(product, '|' ORDER BY product) AS v FROM s GROUP BY region ORDER BY region

-- [groups arg max]
SELECT region, arg_max(id, moment) AS v FROM sales GROUP BY region ORDER BY region

-- [outer arg max]
WITH s AS (SELECT * FROM sales) SELECT region, arg_max(id, moment) AS v FROM s GROUP BY region ORDER BY region

-- [groups arg min]
SELECT region, arg_min(id, moment) AS v FROM sales GROUP BY region ORDER BY region

-- [outer arg min]
WITH s AS (SELECT * FROM sales) SELECT region, arg_min(id, moment) AS v FROM s GROUP BY region ORDER BY region

-- [groups filter]
SELECT region, count(*) FILTER (WHERE ok) AS v FROM sales GROUP BY region ORDER BY region

-- [outer filter]
WITH s AS (SELECT * FROM sales) SELECT region, count(*) FILTER (WHERE ok) AS v FROM s GROUP BY region ORDER BY region

-- [groups sum distinct]
SELECT region, sum(DISTINCT units) AS v FROM sales GROUP BY region ORDER BY region

-- [outer sum distinct]
WITH s AS (SELECT * FROM sales) SELECT region, sum(DISTINCT units) AS v FROM s GROUP BY region ORDER BY region

-- [groups of nothing]
SELECT region, sum(price) FILTER (WHERE id < 0) AS v FROM sales GROUP BY region ORDER BY region

-- [outer of nothing]
WITH s AS (SELECT * FROM sales) SELECT region, sum(price) FILTER (WHERE id < 0) AS v FROM s GROUP BY region ORDER BY region

-- [global of nothing]
SELECT count(*) AS n, sum(units) AS s, min(day) AS d FROM sales WHERE id < 0

-- [having]
SELECT product, count(*) AS n FROM sales GROUP BY product HAVING count(*) > 30 ORDER BY n DESC, product

-- [distinct]
SELECT DISTINCT region, ok FROM sales ORDER BY region, ok

-- [order nulls first]
SELECT DISTINCT product FROM sales ORDER BY product DESC NULLS FIRST

-- [order descending nulls last]
SELECT DISTINCT units FROM sales ORDER BY units DESC

-- [limit offset]
SELECT id FROM sales ORDER BY id LIMIT 5 OFFSET 7

-- [group by expression]
-- duckdb: SELECT CAST(date_trunc('month', day) AS date) AS m, count(*) AS n FROM sales GROUP BY 1 ORDER BY 1
SELECT date_trunc('month', day) AS m, count(*) AS n FROM sales GROUP BY 1 ORDER BY 1

-- [text order is by bytes]
SELECT DISTINCT product FROM sales ORDER BY product

-- [window running sum]
WITH d AS (SELECT day, count(*) AS n, sum(price) AS s FROM sales WHERE day IS NOT NULL GROUP BY day) SELECT day, sum(n) OVER (ORDER BY day) AS v FROM d ORDER BY day

-- [window running avg]
WITH d AS (SELECT day, count(*) AS n, sum(price) AS s FROM sales WHERE day IS NOT NULL GROUP BY day) SELECT day, avg(s) OVER (ORDER BY day) AS v FROM d ORDER BY day

-- [window moving sum]
WITH d AS (SELECT day, count(*) AS n, sum(price) AS s FROM sales WHERE day IS NOT NULL GROUP BY day) SELECT day, sum(s) OVER (ORDER BY day ROWS BETWEEN 2 PRECEDING AND CURRENT ROW) AS v FROM d ORDER BY day

-- [window moving max]
WITH d AS (SELECT day, count(*) AS n, sum(price) AS s FROM sales WHERE day IS NOT NULL GROUP BY day) SELECT day, max(s) OVER (ORDER BY day ROWS BETWEEN 3 PRECEDING AND 1 FOLLOWING) AS v FROM d ORDER BY day

-- [window moving min]
WITH d AS (SELECT day, count(*) AS n, sum(price) AS s FROM sales WHERE day IS NOT NULL GROUP BY day) SELECT day, min(s) OVER (ORDER BY day ROWS BETWEEN 1 FOLLOWING AND 3 FOLLOWING) AS v FROM d ORDER BY day

-- [window moving corr]
-- differs: the correlation of one row is NULL, not a NaN
WITH d AS (SELECT day, count(*) AS n, sum(price) AS s FROM sales WHERE day IS NOT NULL GROUP BY day) SELECT day, corr(n, s) OVER (ORDER BY day ROWS BETWEEN 6 PRECEDING AND CURRENT ROW) AS v FROM d ORDER BY day

-- [window moving median]
WITH d AS (SELECT day, count(*) AS n, sum(price) AS s FROM sales WHERE day IS NOT NULL GROUP BY day) SELECT day, median(s) OVER (ORDER BY day ROWS BETWEEN 4 PRECEDING AND CURRENT ROW) AS v FROM d ORDER BY day

-- [window range days]
WITH d AS (SELECT day, count(*) AS n, sum(price) AS s FROM sales WHERE day IS NOT NULL GROUP BY day) SELECT day, sum(n) OVER (ORDER BY day RANGE BETWEEN INTERVAL 2 DAYS PRECEDING AND CURRENT ROW) AS v FROM d ORDER BY day

-- [window range centred]
WITH d AS (SELECT day, count(*) AS n, sum(price) AS s FROM sales WHERE day IS NOT NULL GROUP BY day) SELECT day, count(*) OVER (ORDER BY day RANGE BETWEEN INTERVAL 1 DAY PRECEDING AND INTERVAL 1 DAY FOLLOWING) AS v FROM d ORDER BY day

-- [window range number]
WITH d AS (SELECT day, count(*) AS n, sum(price) AS s FROM sales WHERE day IS NOT NULL GROUP BY day) SELECT day, sum(s) OVER (ORDER BY n RANGE BETWEEN 1 PRECEDING AND 1 FOLLOWING) AS v FROM d ORDER BY day

-- [window groups]
WITH d AS (SELECT day, count(*) AS n, sum(price) AS s FROM sales WHERE day IS NOT NULL GROUP BY day) SELECT day, sum(s) OVER (ORDER BY n GROUPS BETWEEN 1 PRECEDING AND CURRENT ROW) AS v FROM d ORDER BY day

-- [window peers]
WITH d AS (SELECT day, count(*) AS n, sum(price) AS s FROM sales WHERE day IS NOT NULL GROUP BY day) SELECT day, sum(n) OVER (ORDER BY n) AS v FROM d ORDER BY day

-- [window whole partition]
WITH d AS (SELECT day, count(*) AS n, sum(price) AS s FROM sales WHERE day IS NOT NULL GROUP BY day) SELECT day, sum(n) OVER () AS v FROM d ORDER BY day

-- [window rank]
WITH d AS (SELECT day, count(*) AS n, sum(price) AS s FROM sales WHERE day IS NOT NULL GROUP BY day) SELECT day, rank() OVER (ORDER BY n DESC) AS v FROM d ORDER BY day

-- [window dense rank]
WITH d AS (SELECT day, count(*) AS n, sum(price) AS s FROM sales WHERE day IS NOT NULL GROUP BY day) SELECT day, dense_rank() OVER (ORDER BY n DESC) AS v FROM d ORDER BY day

-- [window row number]
WITH d AS (SELECT day, count(*) AS n, sum(price) AS s FROM sales WHERE day IS NOT NULL GROUP BY day) SELECT day, row_number() OVER (ORDER BY n, day) AS v FROM d ORDER BY day

-- [window percent rank]
WITH d AS (SELECT day, count(*) AS n, sum(price) AS s FROM sales WHERE day IS NOT NULL GROUP BY day) SELECT day, percent_rank() OVER (ORDER BY n) AS v FROM d ORDER BY day

-- [window cume dist]
WITH d AS (SELECT day, count(*) AS n, sum(price) AS s FROM sales WHERE day IS NOT NULL GROUP BY day) SELECT day, cume_dist() OVER (ORDER BY n) AS v FROM d ORDER BY day

-- [window ntile]
WITH d AS (SELECT day, count(*) AS n, sum(price) AS s FROM sales WHERE day IS NOT NULL GROUP BY day) SELECT day, ntile(4) OVER (ORDER BY day) AS v FROM d ORDER BY day

-- [window lag]
WITH d AS (SELECT day, count(*) AS n, sum(price) AS s FROM sales WHERE day IS NOT NULL GROUP BY day) SELECT day, lag(s) OVER (ORDER BY day) AS v FROM d ORDER BY day

-- [window lag default]
WITH d AS (SELECT day, count(*) AS n, sum(price) AS s FROM sales WHERE day IS NOT NULL GROUP BY day) SELECT day, lag(n, 2, 0) OVER (ORDER BY day) AS v FROM d ORDER BY day

-- [window lead]
WITH d AS (SELECT day, count(*) AS n, sum(price) AS s FROM sales WHERE day IS NOT NULL GROUP BY day) SELECT day, lead(day) OVER (ORDER BY day) AS v FROM d ORDER BY day

-- [window first value]
WITH d AS (SELECT day, count(*) AS n, sum(price) AS s FROM sales WHERE day IS NOT NULL GROUP BY day) SELECT day, first_value(s) OVER (ORDER BY day) AS v FROM d ORDER BY day

-- [window last value]
WITH d AS (SELECT day, count(*) AS n, sum(price) AS s FROM sales WHERE day IS NOT NULL GROUP BY day) SELECT day, last_value(s) OVER (ORDER BY day ROWS BETWEEN CURRENT ROW AND 2 FOLLOWING) AS v FROM d ORDER BY day

-- [window nth value]
WITH d AS (SELECT day, count(*) AS n, sum(price) AS s FROM sales WHERE day IS NOT NULL GROUP BY day) SELECT day, nth_value(n, 2) OVER (ORDER BY day) AS v FROM d ORDER BY day

-- [window share]
WITH d AS (SELECT day, count(*) AS n, sum(price) AS s FROM sales WHERE day IS NOT NULL GROUP BY day) SELECT day, 100 * s / sum(s) OVER () AS v FROM d ORDER BY day

-- [window difference]
WITH d AS (SELECT day, count(*) AS n, sum(price) AS s FROM sales WHERE day IS NOT NULL GROUP BY day) SELECT day, s - lag(s) OVER (ORDER BY day) AS v FROM d ORDER BY day

-- [window partition]
WITH d AS (SELECT region, product, count(*) AS n FROM sales GROUP BY region, product) SELECT region, product, rank() OVER (PARTITION BY region ORDER BY n DESC) AS r FROM d ORDER BY region, product

-- [window over groups]
WITH d AS (SELECT * FROM sales) SELECT region, count(*) AS n, rank() OVER (ORDER BY count(*) DESC) AS r, sum(count(*)) OVER () AS total FROM d GROUP BY region ORDER BY region

-- [window named]
WITH d AS (SELECT day, count(*) AS n FROM sales GROUP BY day) SELECT day, sum(n) OVER w AS s, avg(n) OVER w AS a FROM d WINDOW w AS (ORDER BY day ROWS 2 PRECEDING) ORDER BY day

-- [window filter]
WITH d AS (SELECT id, ok, units FROM sales) SELECT id, sum(units) FILTER (WHERE ok) OVER (ORDER BY id) AS v FROM d ORDER BY id

-- [join inner]
WITH s AS (SELECT product, count(*) AS n, sum(price) AS p FROM sales GROUP BY product), r AS (SELECT product, rate, since FROM rates) SELECT product, n, rate, n * rate AS v FROM s JOIN r USING (product) ORDER BY product

-- [join left]
WITH s AS (SELECT product, count(*) AS n, sum(price) AS p FROM sales GROUP BY product), r AS (SELECT product, rate, since FROM rates) SELECT s.product, n, rate FROM s LEFT JOIN r ON s.product = r.product ORDER BY s.product

-- [join right]
WITH s AS (SELECT product, count(*) AS n, sum(price) AS p FROM sales GROUP BY product), r AS (SELECT product, rate, since FROM rates) SELECT r.product, n, rate FROM s RIGHT JOIN r ON s.product = r.product ORDER BY r.product

-- [join full]
WITH s AS (SELECT product, count(*) AS n, sum(price) AS p FROM sales GROUP BY product), r AS (SELECT product, rate, since FROM rates) SELECT product, n, rate FROM s FULL JOIN r USING (product) ORDER BY product

-- [join cross]
WITH s AS (SELECT product, count(*) AS n, sum(price) AS p FROM sales GROUP BY product), r AS (SELECT product, rate, since FROM rates) SELECT s.product, r.product AS other, p + rate AS v FROM s CROSS JOIN r ORDER BY s.product, other

-- [join by comma]
WITH s AS (SELECT product, count(*) AS n, sum(price) AS p FROM sales GROUP BY product), r AS (SELECT product, rate, since FROM rates) SELECT s.product, rate FROM s, r WHERE s.product = r.product ORDER BY s.product

-- [join by inequality]
WITH s AS (SELECT product, count(*) AS n, sum(price) AS p FROM sales GROUP BY product), r AS (SELECT product, rate, since FROM rates) SELECT a.product, b.product AS other FROM s AS a JOIN s AS b ON a.n < b.n ORDER BY a.product, other

-- [join by decimal]
WITH s AS (SELECT product, count(*) AS n, sum(price) AS p FROM sales GROUP BY product), r AS (SELECT product, rate, since FROM rates) SELECT a.product, b.product AS other FROM r AS a JOIN r AS b ON a.rate = b.rate ORDER BY a.product, other

-- [join of three]
WITH s AS (SELECT product, count(*) AS n, sum(price) AS p FROM sales GROUP BY product), g AS (SELECT region, country FROM regions), r AS (SELECT product, rate, since FROM rates) SELECT count(*) AS n FROM s JOIN r USING (product) CROSS JOIN g

-- [join on date]
WITH s AS (SELECT product, count(*) AS n, sum(price) AS p FROM sales GROUP BY product), r AS (SELECT product, rate, since FROM rates) SELECT r.product, count(*) AS n FROM r JOIN (SELECT day FROM sales) AS d ON d.day = r.since GROUP BY r.product ORDER BY r.product

-- [exists]
WITH s AS (SELECT product, count(*) AS n, sum(price) AS p FROM sales GROUP BY product), r AS (SELECT product, rate, since FROM rates) SELECT product FROM s WHERE EXISTS (SELECT 1 FROM r WHERE r.product = s.product AND r.rate > 0.2) ORDER BY product

-- [not exists]
WITH s AS (SELECT product, count(*) AS n, sum(price) AS p FROM sales GROUP BY product), r AS (SELECT product, rate, since FROM rates) SELECT product FROM s WHERE NOT EXISTS (SELECT 1 FROM r WHERE r.product = s.product) ORDER BY product

-- [in query]
WITH s AS (SELECT product, count(*) AS n, sum(price) AS p FROM sales GROUP BY product), r AS (SELECT product, rate, since FROM rates) SELECT product FROM s WHERE product IN (SELECT product FROM r) ORDER BY product

-- [not in query with null]
WITH s AS (SELECT product, count(*) AS n, sum(price) AS p FROM sales GROUP BY product), r AS (SELECT product, rate, since FROM rates) SELECT product FROM r WHERE product NOT IN (SELECT product FROM s) ORDER BY product

-- [scalar query]
WITH s AS (SELECT product, count(*) AS n, sum(price) AS p FROM sales GROUP BY product), r AS (SELECT product, rate, since FROM rates) SELECT product, p - (SELECT avg(p) FROM s) AS v FROM s ORDER BY product

-- [correlated query]
WITH s AS (SELECT product, count(*) AS n, sum(price) AS p FROM sales GROUP BY product), r AS (SELECT product, rate, since FROM rates) SELECT product, (SELECT max(rate) FROM r WHERE r.product = s.product) AS v FROM s ORDER BY product

-- [union all]
SELECT product FROM sales WHERE id < 20 UNION ALL SELECT product FROM rates ORDER BY product

-- [union]
SELECT product FROM sales UNION SELECT product FROM rates ORDER BY product

-- [union of numbers]
SELECT units AS v FROM sales UNION SELECT rate FROM rates ORDER BY v

-- [intersect]
SELECT product FROM sales INTERSECT SELECT product FROM rates ORDER BY product

-- [except]
SELECT product FROM rates EXCEPT SELECT product FROM sales ORDER BY product

-- [recursion numbers]
WITH RECURSIVE b AS (SELECT max(units) AS top FROM sales), r(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM r, b WHERE i < top) SELECT i FROM r ORDER BY i

-- [recursion calendar]
WITH RECURSIVE b AS (SELECT min(day) AS lo, max(day) AS hi FROM sales), c(d) AS (SELECT lo FROM b UNION ALL SELECT CAST(d + INTERVAL 1 DAY AS date) FROM c, b WHERE d < hi), n AS (SELECT day, count(*) AS n FROM sales GROUP BY day) SELECT d, coalesce(n, 0) AS n FROM c LEFT JOIN n ON n.day = c.d ORDER BY d

-- [values]
WITH v(a, b) AS (VALUES (1, 'x'), (2, 'y')), s AS (SELECT count(*) AS n FROM sales) SELECT a, b, n FROM v, s ORDER BY a

-- [subquery in from]
-- duckdb: SELECT m, avg(n) AS v FROM (SELECT CAST(date_trunc('month', day) AS date) AS m, region, count(*) AS n FROM sales GROUP BY 1, 2) AS q GROUP BY m ORDER BY m
SELECT m, avg(n) AS v FROM (SELECT date_trunc('month', day) AS m, region, count(*) AS n FROM sales GROUP BY 1, 2) AS q GROUP BY m ORDER BY m

-- [pivot by case]
WITH s AS (SELECT region, extract(month FROM day) AS m, count(*) AS n FROM sales GROUP BY 1, 2) SELECT region, sum(CASE WHEN m = 12 THEN n END) AS december, sum(CASE WHEN m = 1 THEN n ELSE 0 END) AS january FROM s GROUP BY region ORDER BY region

-- [outer distinct]
WITH s AS (SELECT region, product FROM sales) SELECT DISTINCT region FROM s ORDER BY region

-- [outer having]
WITH s AS (SELECT region, product FROM sales) SELECT product, count(*) AS n FROM s GROUP BY product HAVING count(*) > 30 ORDER BY n, product

-- [outer order by decimal]
WITH s AS (SELECT id, price FROM sales) SELECT id, price FROM s ORDER BY price DESC, id LIMIT 20

-- [outer limit in the middle]
WITH s AS (SELECT id, units FROM sales), t AS (SELECT id, units FROM s ORDER BY units DESC, id LIMIT 7) SELECT sum(units) AS v FROM t

-- [outer scalar divide]
WITH s AS (SELECT * FROM sales) SELECT id, units / 4 AS v FROM s ORDER BY id

-- [outer scalar divide by zero]
-- differs: a number divided by 0 is NULL, not infinite
WITH s AS (SELECT * FROM sales) SELECT id, units / 0 AS v FROM s ORDER BY id

-- [outer scalar integer divide]
WITH s AS (SELECT * FROM sales) SELECT id, units // 2 AS v FROM s ORDER BY id

-- [outer scalar remainder]
WITH s AS (SELECT * FROM sales) SELECT id, units % 3 AS v FROM s ORDER BY id

-- [outer scalar times]
WITH s AS (SELECT * FROM sales) SELECT id, units * price AS v FROM s ORDER BY id

-- [outer scalar round]
WITH s AS (SELECT * FROM sales) SELECT id, round(price, 1) AS v FROM s ORDER BY id

-- [outer scalar like]
WITH s AS (SELECT * FROM sales) SELECT id, product LIKE 'a%' AS v FROM s ORDER BY id

-- [outer scalar concat]
WITH s AS (SELECT * FROM sales) SELECT id, region || product AS v FROM s ORDER BY id

-- [outer scalar case]
WITH s AS (SELECT * FROM sales) SELECT id, CASE WHEN units > 3 THEN price ELSE 0 END AS v FROM s ORDER BY id

-- [outer scalar extract]
WITH s AS (SELECT * FROM sales) SELECT id, extract(isoyear FROM day) AS v FROM s ORDER BY id

-- [outer scalar trunc]
WITH s AS (SELECT * FROM sales) SELECT id, date_trunc('week', moment) AS v FROM s ORDER BY id

-- [outer scalar boolean]
WITH s AS (SELECT * FROM sales) SELECT id, units > 3 AS v FROM s ORDER BY id

-- [outer scalar not boolean]
WITH s AS (SELECT * FROM sales) SELECT id, NOT ok AS v FROM s ORDER BY id

-- [outer scalar greatest]
WITH s AS (SELECT * FROM sales) SELECT id, greatest(price, units) AS v FROM s ORDER BY id

-- [outer scalar coalesce]
WITH s AS (SELECT * FROM sales) SELECT id, coalesce(region, product, 'none') AS v FROM s ORDER BY id

-- [outer scalar in]
WITH s AS (SELECT * FROM sales) SELECT id, units IN (1, 2, NULL) AS v FROM s ORDER BY id

-- [outer scalar between]
WITH s AS (SELECT * FROM sales) SELECT id, price BETWEEN 1.5 AND 20 AS v FROM s ORDER BY id

-- [outer scalar interval]
WITH s AS (SELECT * FROM sales) SELECT id, moment + INTERVAL '90 minutes' AS v FROM s ORDER BY id

-- [decimals of many digits]
-- differs: DuckDB's decimals end moment 38 digits by type and refuse or turn real; rowfold's grow as far as the value needs
WITH s AS (SELECT price * price * price * price * price * price AS p FROM sales WHERE id < 4) SELECT sum(p) AS v FROM s

-- [first]
SELECT region, first(id) AS v FROM sales WHERE region IS NOT NULL GROUP BY region ORDER BY region

-- [outer scalar text of number]
WITH s AS (SELECT * FROM sales) SELECT id, CAST(units AS varchar) AS v FROM s ORDER BY id

-- [real beside decimal]
WITH s AS (SELECT id, units / 2 AS half, price FROM sales) SELECT a.id, b.id AS other FROM s AS a JOIN s AS b ON a.half = b.price ORDER BY a.id, other

-- [count of a query that recurs]
WITH RECURSIVE r(i) AS (SELECT min(id) FROM sales UNION SELECT i + 1 FROM r WHERE i < 50) SELECT count(*) AS n, sum(i) AS s FROM r

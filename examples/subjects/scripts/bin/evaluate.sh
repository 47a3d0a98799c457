# test.csv, answers.csv: the mean distance of the last column of one from the only column of the other.
paste -d , "$1" "$2" | awk -F , '
    NR > 1 { off = $4 - $5; sum += off < 0 ? -off : off; n += 1 }
    END { printf "{\"mae\": %.9f}\n", sum / n }
'

# Rules for every text file of ours, and the few that a script can check of JavaScript. Prints breaches;
# exits 1 if there are any.

BEGIN { MAX_COLUMNS["C"] = 100; MAX_COLUMNS["JavaScript"] = 120 }

function breach(message) {
    print FILENAME ":" FNR ": " message
    failed = 1
}

function end_file() {
    if (needs_strict && !strict) {
        print last_file ": no 'use strict'"
        failed = 1
    }
}

FNR == 1 {
    end_file()
    last_file = FILENAME; strict = 0
    language = FILENAME ~ /\.(c|h|cc)$/ ? "C" : FILENAME ~ /\.js$/ ? "JavaScript" : ""
    is_js = FILENAME ~ /^(lib|test\/js)\/.*\.js$/
    needs_strict = is_js
}
# What is added to a file of Node's is under that file's 'use strict'.
is_js && (/^'use strict';/ || FILENAME ~ /\.after\.js$/) { strict = 1 }

/[ \t]+$/ { breach("blanks at the end of the line") }
/\t/ && FILENAME !~ /(\.awk|\.txt)$/ { breach("a tab") }
language in MAX_COLUMNS && length($0) > MAX_COLUMNS[language] {
    breach("more than " MAX_COLUMNS[language] " columns")
}
/(^|[^A-Z])(TODO|FIXME|XXX)([^A-Z]|$)/ && !/issue/ && FILENAME !~ /^scripts\/check/ { breach("a TODO needs its issue") }
FILENAME ~ /^lib\// && /process\.binding\(/ { breach("lib/ reaches C by internalBinding() only") }

END {
    end_file()
    exit failed
}

namespace Messaging.EndToEnd.Tests.Fuzz;

/// <summary>What nobody expects.</summary>
internal static class OddValues
{
    public static readonly string[] Texts =
    [
        "", " ", "\0", "a\0b", "\u0001\u001f\u007f", "\r\n", "a\r\nX-Odd: 1", "\t", "\u2028\u2029", "\u202e", "\ufeff", "\uffff", "é", "e\u0301", "😀", "\u0130", "ß",
        "null", "true", "NaN", "-1", "0", "1", "00", "+1", "1e9", "1E400", "0x7f", "2147483647", "2147483648", "-2147483649", "9223372036854775807", "9223372036854775808",
        "99999999999999999999999999999999", "1.5", "1,5", "00000000-0000-0000-0000-000000000000", "ffffffff-ffff-ffff-ffff-ffffffffffff", "{01a20dc2-b4a1-7feb-aac8-7acb97de3ec5}",
        "01A20DC2B4A17FEBAAC87ACB97DE3EC5", "../../etc/passwd", "..%2f", "%", "%00", "%zz", "'; DROP TABLE tasks; --", "' OR '1'='1", "\"", "\\", "%_%", "${jndi:x}", "{{7*7}}",
        "<script>", "=1+1", "a,b,,c", ",", ";", "=?utf-8?q?x?=", "0001-01-01T00:00:00Z", "9999-12-31T23:59:59.9999999Z", "9999-12-31T23:59:59-14:00", "2026-02-30", "1969-12-31T23:59:59Z",
        "2026-11-24T12:00:00", "24:00:00", "-00:00:01", "10675199.02:48:05.4775807", "99999999.00:00:00", "PT1H", "* * * * *", "0 0 31 2 *", "60 * * * *", "*/0 * * * *", "Europe/Berlin", "Mars/Olympus",
        "a@b", "@", "a@", "a@b@c.d", "\"a b\"@example.org", "a@[127.0.0.1]", "a@xn--ls8h.la", "a@例え.テスト", "Ann <a@example.org>", "a@example.org, b@example.org",
    ];

    public static readonly string[] Json =
    [
        "null", "true", "false", "0", "-0", "1", "-1", "1.5", "1e2", "1e400", "-1e400", "2147483648", "9223372036854775808", "123456789012345678901234567890", "0.1e-400",
        "\"\"", "\"\\u0000\"", "\"\\ud800\"", "\"\\udc00\\ud800\"", "\"\\ud83d\\ude00\"", "\"a\\nb\"", "[]", "[null]", "{}", "{\"\":1}", "{\"\\ud800\":1}", "{\"a\":1,\"a\":2}", "[[[[]]]]",
        "NaN", "Infinity", "'a'", "01", "1.", "tru", "\"\\x\"", "\"a\nb\"", "", ",", "// a", "/* a */ 1", "\"\u2028\"",
    ];

    public static readonly string[] Segments =
    [
        "%2F", "%2f..%2f", "..", ".", "%2e%2e", "%00", "%c0%af", "%ED%A0%80", "%ff", "%", "%zz", "%u0041", ";a=b", "a%0d%0ab", "%20", "*", "~", "a%5cb", "%25%32%66", "", "é", "a//b", "-1", "0",
    ];

    public static readonly string[] ContentTypes =
    [
        "application/json; charset=utf-8", "application/json;charset=\"utf-8\"", "application/json; charset=utf-7", "application/json; charset=foo", "application/json; charset=utf-16",
        "application/json; charset=utf-32", "application/json; charset=iso-8859-1", "application/json; charset=", "application/json; charset=\"", "application/json; charset=utf-8; charset=utf-7",
        "application/JSON", "application/vnd.a+json", "application/problem+json", "text/json", "text/plain", "text/html; charset=x-user-defined", "application/xml", "", " ", "/", "a", "application/", "*/*",
        "multipart/form-data", "multipart/form-data; boundary=", "multipart/form-data; boundary=\"a b\"", "multipart/form-data; boundary=" + "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb",
        "multipart/mixed; boundary=x", "application/x-www-form-urlencoded; charset=utf-7", "application/x-www-form-urlencoded; charset=foo", "application/x-www-form-urlencoded; charset=\"utf-8\"", "application/octet-stream",
    ];

    public static readonly string[] Headers =
    [
        "Accept: application/xml", "Accept: */*;q=0", "Accept: ;;;", "Accept-Encoding: gzip, br", "Accept-Encoding: gzip;q=9", "Accept-Language: \u00ff", "If-None-Match: *", "If-None-Match: \"a\", W/\"b", "If-Match: *",
        "If-Modified-Since: yesterday", "Range: bytes=0-0", "Range: bytes=-1", "Range: bytes=9-1", "Range: bytes=0-0,1-1,0-99999999999999999999", "If-Range: \"a\"", "Content-Encoding: gzip", "Content-Encoding: a, b", "Expect: 100-continue",
        "Expect: 200-ok", "Upgrade: websocket", "Upgrade: h2c", "Connection: Upgrade, HTTP2-Settings", "X-Forwarded-For: ::ffff:1, \"", "X-Forwarded-Proto: gopher", "Forwarded: for=\"_x\"", "X-HTTP-Method-Override: DELETE",
        "Last-Event-ID: 1", "Last-Event-ID: 99999999999999999999", "Last-Event-ID: 253402300799999", "Last-Event-ID: -1", "Last-Event-ID: \u00e9", "Authorization: Bearer", "Authorization: Bearer  ", "Authorization: Basic Og==",
        "Authorization: Bearer \u00ff", "Authorization: Digest", "Cookie: a=b; =; \"", "Traceparent: 00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01", "Traceparent: zz", "Tracestate: a=\u0001", "Baggage: a=b,c=%ff", "Origin: null",
        "Access-Control-Request-Method: GET", "Content-Disposition: form-data", "Trailer: X-Odd", "TE: trailers", "Date: \u00a0", "X-Odd:", "X-Odd: \u0001", ": a", "X Odd: a", "X-Odd : a", " folded: a",
    ];

    public static readonly string[] ChunkSizes =
        ["80000000", "7fffffff", "FFFFFFFF", "FFFFFFFFFFFFFFFF", "10000000000000000", "-1", "zz", "0x10", "", " 5", "5 ", "5;a=\"", "5;" + "eeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeee", "00000005", "+5"];
}

using System.Security.Cryptography;
using System.Text;

namespace Messaging.Browser.Tests.Hosts;

/// <summary>The access keys of all hosts: two operators, who are told apart in the audit, and somebody who may only read.</summary>
internal static class Keys
{
    public const string Ann = "msg_ann-operates-in-the-browser-tests-0123456789";
    public const string Ben = "msg_ben-operates-in-the-browser-tests-0123456789";
    public const string Rea = "msg_rea-reads-only-in-the-browser-tests-01234567";

    /// <summary>As settings, after the one key that <see cref="EndToEnd.Tests.RealSystem"/> has itself.</summary>
    public static IEnumerable<(string Name, string Value)> Settings =>
    [
        .. Setting(1, "ann", "operate", Ann),
        .. Setting(2, "ben", "operate", Ben),
        .. Setting(3, "rea", "read", Rea),
    ];

    /// <summary>Settings of one key.</summary>
    public static IEnumerable<(string Name, string Value)> Setting(int number, string name, string role, string key) =>
    [
        ($"Access__Keys__{number}__Name", name),
        ($"Access__Keys__{number}__Role", role),
        ($"Access__Keys__{number}__Hash", Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(key)))),
    ];
}

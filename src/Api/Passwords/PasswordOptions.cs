using System.ComponentModel.DataAnnotations;

namespace Messaging.Api.Passwords;

/// <summary>Requirements for passwords, and limits of hashing; section <c>Passwords</c>, shared with the worker.</summary>
internal sealed class PasswordOptions
{
    public const string Section = "Passwords";

    /// <summary>The maximum length of a password in Unicode code points; NIST SP 800-63B requires at least 64.</summary>
    public const int MaxLength = 128;

    /// <summary>
    /// The minimum length of a password in Unicode code points. Default 12; NIST SP 800-63B-4 requires 15 without a second
    /// factor.
    /// </summary>
    [Range(8, 64)]
    public int MinLength { get; set; } = 12;

    /// <summary>
    /// Iterations of PBKDF2 with HMAC-SHA512. Default 220,000, the recommendation of OWASP's Password Storage Cheat Sheet (June
    /// 2026). A hash stores its own number of iterations, so the setting can be raised at any time.
    /// </summary>
    [Range(100_000, 10_000_000)]
    public int HashIterations { get; set; } = 220_000;

    /// <summary>
    /// The number of passwords that this process hashes concurrently, each on one CPU core. Default: half of the cores, at least
    /// one.
    /// </summary>
    [Range(1, 1_024)]
    public int MaxConcurrentHashes { get; set; } = Math.Max(1, Environment.ProcessorCount / 2);

    /// <summary>The maximum number of waiting hashes of one caller; further requests are answered with 503. Default 8.</summary>
    [Range(1, 1_024)]
    public int MaxQueuedHashesPerCaller { get; set; } = 8;

    /// <summary>The maximum number of waiting hashes of all callers. Default 200.</summary>
    [Range(1, 100_000)]
    public int MaxQueuedHashes { get; set; } = 200;

    /// <summary>How long a request waits for its turn before it is answered with 503. Default 2 s.</summary>
    [Range(typeof(TimeSpan), "00:00:00.01", "00:01:00")]
    public TimeSpan MaxHashWait { get; set; } = TimeSpan.FromSeconds(2);
}

using System.ComponentModel.DataAnnotations;

namespace Messaging.Api.Passwords;

/// <summary>What a password has to be, and what hashing it may cost; section <c>Passwords</c>, which the worker shares.</summary>
internal sealed class PasswordOptions
{
    public const string Section = "Passwords";

    /// <summary>The longest password, in Unicode code points; above the 64 that NIST SP 800-63B asks for.</summary>
    public const int MaxLength = 128;

    /// <summary>The shortest password, in Unicode code points. Default 12; NIST SP 800-63B-4 asks for 15 where there is no second factor.</summary>
    [Range(8, 64)]
    public int MinLength { get; set; } = 12;

    /// <summary>
    /// Iterations of PBKDF2 with HMAC-SHA512. Default 220,000, as OWASP's Password Storage Cheat Sheet says (as of June 2026). A hash
    /// keeps its own number, so that this can be raised at any time.
    /// </summary>
    [Range(100_000, 10_000_000)]
    public int HashIterations { get; set; } = 220_000;

    /// <summary>Passwords that this process hashes at once, each on a processor. Default: half of the processors, at least one.</summary>
    [Range(1, 1_024)]
    public int MaxConcurrentHashes { get; set; } = Math.Max(1, Environment.ProcessorCount / 2);

    /// <summary>Passwords of one caller that wait to be hashed; one more is answered with 503. Default 8.</summary>
    [Range(1, 1_024)]
    public int MaxQueuedHashesPerCaller { get; set; } = 8;

    /// <summary>Passwords of all callers that wait to be hashed. Default 200.</summary>
    [Range(1, 100_000)]
    public int MaxQueuedHashes { get; set; } = 200;

    /// <summary>How long a request waits for its turn, before it is answered with 503. Default 2 s.</summary>
    [Range(typeof(TimeSpan), "00:00:00.01", "00:01:00")]
    public TimeSpan MaxHashWait { get; set; } = TimeSpan.FromSeconds(2);
}

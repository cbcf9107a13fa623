using System.Text.RegularExpressions;
using Microsoft.Extensions.Options;

namespace Messaging.Outbox.AspNetCore.Access;

/// <summary>
/// The key of the user who runs the process, in a file that only this user can read. It is created once; to replace it, delete
/// the file and restart.
/// </summary>
internal static partial class OperatorKeyFile
{
    /// <summary>The name of the key in the audit log.</summary>
    public const string Name = "local";

    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    /// <summary>Reads the key, or creates it if the file does not exist. Only its hash is kept in memory.</summary>
    /// <exception cref="OptionsValidationException">The file cannot be used; the message describes how to fix it.</exception>
    public static AccessKey ReadOrCreate(string path)
    {
        try
        {
            if (!File.Exists(path))
            {
                Create(path);
            }

            return new AccessKey { Name = Name, Role = AccessRoles.Operate, Hash = ApiKeys.Hash(Read(path)) };
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw Unusable(path, $"cannot be used: {exception.Message}");
        }
    }

    /// <summary>Writes a temporary file and renames it, so that a crash leaves no incomplete key.</summary>
    private static void Create(string path)
    {
        var unfinished = path + ".new";
        File.Delete(unfinished);
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, Share = FileShare.None };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = OwnerOnly;
        }

        using (var file = new StreamWriter(unfinished, options))
        {
            file.WriteLine(ApiKeys.New());
        }

        File.Move(unfinished, path, overwrite: false);
    }

    private static string Read(string path)
    {
        if (!OperatingSystem.IsWindows() && (File.GetUnixFileMode(path) & ~(OwnerOnly | UnixFileMode.UserExecute)) != UnixFileMode.None)
        {
            throw Unusable(path, "could be read by other users. Delete it, and the next start creates a new one.");
        }

        var key = File.ReadAllText(path).TrimEnd();
        return KeyPattern().IsMatch(key) ? key : throw Unusable(path, "does not contain a key. Delete it, and the next start creates one.");
    }

    private static OptionsValidationException Unusable(string path, string problem) =>
        new("Access", typeof(AccessOptions), [$"The operator's key file {Path.GetFullPath(path)} {problem}"]);

    [GeneratedRegex(@"\Amsg_[A-Za-z0-9_-]{43}\z", RegexOptions.None, matchTimeoutMilliseconds: 1_000)]
    private static partial Regex KeyPattern();
}

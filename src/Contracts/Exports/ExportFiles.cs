using System.Globalization;

namespace Messaging.Contracts;

/// <summary>
/// Where exports lie, and what their files are called: workers write them, the API sends them. Each attempt at a part writes another file.
/// </summary>
public static class ExportFiles
{
    /// <summary>Their part of the shared folder.</summary>
    public const string Area = "exports";

    /// <summary>A file for a part of an export, under a name that no other has.</summary>
    public static string NewPart(Guid export, int part) => $"{export:N}-{part}-{Guid.NewGuid():N}.csv";

    /// <summary>Whether a file was made here, by its name.</summary>
    public static bool IsPart(string name) =>
        Path.GetExtension(name) == ".csv" && Path.GetFileNameWithoutExtension(name).Split('-') is [var export, var part, var attempt]
        && Guid.TryParseExact(export, "N", out _)
        && int.TryParse(part, NumberStyles.None, CultureInfo.InvariantCulture, out _)
        && Guid.TryParseExact(attempt, "N", out _);
}

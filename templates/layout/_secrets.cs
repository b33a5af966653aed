<?cs # Passwords and one-time codes. Beside layout/_forms.cs, whose macros they use. ?>
<?cs def:secret(f, name, hint, kind) ?><div class="field<?cs if:f.error ?> wrong<?cs /if ?>">
<label for="f-<?cs var:name ?>"><?cs var:f.label ?></label>
<input id="f-<?cs var:name ?>" name="<?cs var:name ?>" type="password" maxlength="<?cs var:f.max ?>" autocomplete="<?cs var:kind ?>" required<?cs call:described(f, name, hint) ?>>
<?cs call:about(f, name, hint) ?></div>
<?cs /def ?>

<?cs def:one_time(f, name, hint, kind) ?><div class="field<?cs if:f.error ?> wrong<?cs /if ?>">
<label for="f-<?cs var:name ?>"><?cs var:f.label ?></label>
<input id="f-<?cs var:name ?>" name="<?cs var:name ?>" type="text" class="code" maxlength="<?cs var:f.max ?>"<?cs if:kind == "digits" ?> inputmode="numeric"<?cs /if ?> autocomplete="one-time-code" autocapitalize="none" spellcheck="false" required<?cs if:f.focus ?> autofocus<?cs /if ?><?cs call:described(f, name, hint) ?>>
<?cs call:about(f, name, hint) ?></div>
<?cs /def ?>

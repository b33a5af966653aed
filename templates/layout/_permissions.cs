<?cs # Boxes of web/permission_boxes.h. One that is ticked stays: whoever does not have it cannot take it either. ?>
<?cs each:b = boxes ?><label<?cs if:b.not_yours ?> class="dim"<?cs /if ?>><input type="checkbox" name="permissions.<?cs var:name(b) ?>.permission" value="<?cs var:b.name ?>"<?cs if:b.checked ?> checked<?cs /if ?><?cs if:b.not_yours && !b.checked ?> disabled<?cs /if ?>> <span><?cs var:b.help ?> <span class="code dim"><?cs var:b.name ?></span><?cs if:b.not_yours ?><span class="note">You do not have it yourself.</span><?cs /if ?></span></label>
<?cs /each ?>
